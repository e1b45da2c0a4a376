import type { Numbers } from '../../../domain/numbers/numberList';
import type { TextCap } from '../../../domain/time/textCaps';
import type { Timers } from '../../../domain/time/timers';
import type { LeftOutCounts, LeftOutStore } from '../../../store/reading/leftOutNow';
import { textHashOf, type BroadcastRequest } from '../broadcastRequest';

/** `lookedAt`: of so many people; of a large broadcast a part that is spread evenly. Null where no rule leaves anybody out. */
export type LeftOutOutlook = (LeftOutCounts & { readonly lookedAt: number }) | null;

type Batches = {
  readonly length: number;
  slice(from: number, to: number): readonly { readonly recipients: Numbers }[];
};

export type ReachOutlook = (
  request: Pick<BroadcastRequest, 'text' | 'mediaUrls' | 'topic'>,
  batches: Batches,
) => Promise<LeftOutOutlook>;

export type ReachOutlookDeps = {
  readonly leftOut: LeftOutStore;
  readonly timers: Pick<Timers, 'nextTurn'>;
  readonly config: { readonly duplicateWindowMs: number; readonly textCaps: readonly TextCap[] };
};

/** So many people are looked at, which takes some 200 ms, and so many before others get their turn. */
const MOST_LOOKED_AT = 10_000;
const SLICE = 500;

/** Tells before a broadcast is sent whom its claims would leave out for what other broadcasts did. */
export function createReachOutlook({ leftOut, timers, config }: ReachOutlookDeps): ReachOutlook {
  return async ({ topic, ...said }, batches) => {
    if (topic === null && config.textCaps.length === 0 && config.duplicateWindowMs === 0) return null;
    const rules = { ...config, topic, textHash: textHashOf(said) };
    const people = await spreadOver(batches, timers.nextTurn);
    let outlook = { lookedAt: people.length, duplicateText: 0, topic: 0, cap: 0 };
    for (let from = 0; from < people.length; from += SLICE) {
      const counts = await leftOut.leftOutNow(people.slice(from, from + SLICE), rules);
      outlook = {
        lookedAt: people.length,
        duplicateText: outlook.duplicateText + counts.duplicateText,
        topic: outlook.topic + counts.topic,
        cap: outlook.cap + counts.cap,
      };
      await timers.nextTurn();
    }
    return outlook;
  };
}

const BATCHES_AT_ONCE = 1000;

/** Everybody, or every so-manieth where they are too many. */
async function spreadOver(batches: Batches, nextTurn: Timers['nextTurn']): Promise<string[]> {
  let all = 0;
  for await (const recipients of listsOf(batches, nextTurn)) all += recipients.length;
  const step = Math.max(1, Math.ceil(all / MOST_LOOKED_AT));
  const people: string[] = [];
  let next = 0;
  for await (const recipients of listsOf(batches, nextTurn)) {
    for (; next < recipients.length; next += step) people.push(recipients.at(next) ?? '');
    next -= recipients.length;
  }
  return people;
}

async function* listsOf(batches: Batches, nextTurn: Timers['nextTurn']): AsyncGenerator<Numbers> {
  for (let from = 0; from < batches.length; from += BATCHES_AT_ONCE) {
    if (from > 0) await nextTurn();
    for (const { recipients } of batches.slice(from, from + BATCHES_AT_ONCE)) yield recipients;
  }
}
