import type { TextCap } from '../../domain/time/textCaps';
import type { Database } from '../engine/database';
import { gotTheSameBefore } from '../state/guards/duplicateGuard';
import { countedOver } from '../state/guards/textCap';
import { havingTopic } from '../state/guards/topicGuard';

/** What would keep people of a broadcast from being texted. */
export type ReachRules = {
  readonly textHash: string;
  /** 0 leaves nobody out. */
  readonly duplicateWindowMs: number;
  readonly topic: string | null;
  readonly textCaps: readonly TextCap[];
};

/** How many people each rule would leave out; nobody counts twice. */
export type LeftOutCounts = { readonly duplicateText: number; readonly topic: number; readonly cap: number };

export type LeftOutStore = {
  /** Of these people, by what stands now: the claim looks again. 20 ms for a thousand. `phones` are canonical. */
  leftOutNow(phones: readonly string[], rules: ReachRules): Promise<LeftOutCounts>;
};

export function createLeftOutStore({ db, engine }: Database): LeftOutStore {
  return {
    async leftOutNow(phones, { textHash, duplicateWindowMs, topic, textCaps }) {
      const nobodys = { broadcastKey: null };
      const texted =
        duplicateWindowMs === 0
          ? []
          : await gotTheSameBefore(db, engine, nobodys, phones, { textHash, text: null, duplicateWindowMs });
      const others = without(phones, texted);
      const sameTopic = topic === null ? [] : await havingTopic(db, engine, others, topic);
      const left = without(others, sameTopic);
      const capped = textCaps.length === 0 ? [] : await countedOver(db, engine, nobodys, left, textCaps);
      const cap = capped.reduce((all, { phones: over }) => all + over.size, 0);
      return { duplicateText: texted.length, topic: sameTopic.length, cap };
    },
  };
}

function without(phones: readonly string[], gone: readonly string[]): readonly string[] {
  const isGone = new Set(gone);
  return phones.filter((phone) => !isGone.has(phone));
}
