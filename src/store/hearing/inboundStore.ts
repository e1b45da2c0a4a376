import { sql, type Transaction } from 'kysely';
import type { Keyword } from '../../domain/replies/keywords';
import type { ReviewDecision } from '../../domain/replies/review';
import { mayBeOlder } from '../../domain/time/deafTime';
import { inTransaction, type Database } from '../engine/database';
import { answersStop } from './answeredStop';
import { deafTimes, type RecentDeafTime } from './deafTimeStore';
import type { Engine } from '../engine/engine';
import type { Page } from '../engine/page';
import { optIn, optOut, type OptOutNote } from '../optOuts/optOutWriting';
import {
  countWaiting,
  listInbound,
  review,
  type InboundQuery,
  type KeptMessage,
  type ReviewResult,
} from './inboundReview';
import { keepLost, LOST_WORDS, type LostReply } from './lostReplies';
import { forgetSignatures, SignatureTakenError, takeSignatures } from './usedSignatures';
import { tell } from '../state/told';
import { namesOnTheList } from '../state/guards/optedOut';
import { isStartThatCounts } from '../state/startThatCounts';
import type { Schema } from '../engine/schema';

/** A text from a person to one of our numbers, both in E.164 form where they are phone numbers. */
export type InboundMessage = {
  readonly messageUuid: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** Plivo's `MessageIntent`; null where it said nothing. */
  readonly intent: string | null;
  /** What we take it for. */
  readonly keyword: Keyword | null;
  /** It may be a wish to stop: a person should read it. */
  readonly isDoubtful?: boolean;
  /** Its keyword counts only where the person's last word to us was STOP, and they were sent nothing since. */
  readonly onlyAfterStop?: boolean;
  /** The signatures of Plivo's with which it came. */
  readonly signatures?: readonly string[];
};

/** What is known of when a text came in. */
export type Heard = {
  /** How long ago Plivo posted it to us first; asked for when it is written. */
  readonly arrivedMsAgo: () => number;
  /** Times in which texts may have been missed, beside those that the database knows of. */
  readonly deafTimes: () => readonly RecentDeafTime[];
};

export type InboundResult =
  /** Its signature is that of another text; nothing was done. */
  | { readonly kind: 'forged' }
  /** Plivo posts a text again whose answer it did not get; nothing was done. */
  | { readonly kind: 'repeated' }
  | {
      readonly kind: 'kept';
      /** What it was taken for in the end. */
      readonly keyword: Keyword | null;
      /** The person's state is another now. */
      readonly changed: boolean;
      readonly needsReview: boolean;
      /** How many texts wait for a person, where this one does. */
      readonly waiting: number | null;
    };

export type InboundStore = {
  /**
   * Keeps the text and does what its keyword says, in one transaction, unless a later text of the person has said
   * otherwise. A START that may be older than the person's STOP changes nothing, and is marked for review.
   */
  keep(message: InboundMessage, heard?: Heard): Promise<InboundResult>;
  /** Removes a little of what is remembered of signatures that are too old to be used again; false where nothing is. */
  forgetSignatures(): Promise<boolean>;
  /**
   * Keeps texts whose words are lost, but those that are known, and holds who wrote them: on the opt-out list and marked for
   * review. Returns how many texts that were.
   */
  keepLost(replies: readonly LostReply[]): Promise<number>;
  /** Latest first, after the message with the given key. */
  list(query: InboundQuery): Promise<Page<KeptMessage>>;
  /** How many wait for a person to read them. */
  countWaiting(): Promise<number>;
  /** What a person makes of a text that waits for one. As a wish to stop it puts its sender on the opt-out list. */
  review(messageUuid: string, as: ReviewDecision): Promise<ReviewResult>;
};

const BY_KEYWORD: OptOutNote = { source: 'keyword', note: null, importId: null };
const JUST_NOW: Heard = { arrivedMsAgo: () => 0, deafTimes: () => [] };

export function createInboundStore({ db, engine }: Database): InboundStore {
  return {
    async keep(message, heard = JUST_NOW) {
      try {
        return await inTransaction(db, (tx) => keep(tx, engine, message, heard));
      } catch (error) {
        if (error instanceof SignatureTakenError) return { kind: 'forged' };
        throw error;
      }
    },
    forgetSignatures: () => forgetSignatures(db, engine),
    keepLost: (replies) =>
      replies.length === 0 ? Promise.resolve(0) : inTransaction(db, (tx) => keepLost(tx, engine, replies)),
    list: (query) => listInbound(db, query),
    countWaiting: () => countWaiting(db),
    review: (messageUuid, as) => inTransaction(db, (tx) => review(tx, engine, messageUuid, as)),
  };
}

async function keep(
  tx: Transaction<Schema>,
  engine: Engine,
  message: InboundMessage,
  heard: Heard,
): Promise<InboundResult> {
  await takeSignatures(tx, engine, message.signatures ?? [], message.messageUuid);
  const counts = message.onlyAfterStop !== true || (await answersStop(tx, message.from));
  const keyword = counts ? message.keyword : null;
  // Right before it is written: what goes by between the two would make the text look younger than it is.
  const arrivedMsAgo = Math.floor(heard.arrivedMsAgo());
  const inserted = await insert(tx, engine, { ...message, keyword }, arrivedMsAgo);
  if (inserted === null) return { kind: 'repeated' };
  const { arrivedAt, wasLost } = inserted;
  const place = await placeOf(tx, engine, { from: message.from, keyword, arrivedAt, arrivedMsAgo }, heard.deafTimes);
  const needsReview = wasLost || place === 'unknown' || (message.isDoubtful === true && keyword !== 'optOut');
  if (needsReview) await markForReview(tx, message.messageUuid);
  const waiting = needsReview ? await countWaiting(tx) : null;
  const changed = place === 'last' && (await apply(tx, engine, { ...message, keyword }));
  await tellOf(tx, engine, { ...message, keyword }, { arrivedAt, needsReview });
  return { kind: 'kept', keyword, changed, needsReview, waiting };
}

/** After what it does: of all that it writes, deliveries are locked last. */
async function tellOf(
  tx: Transaction<Schema>,
  engine: Engine,
  { messageUuid, from, to, text, keyword, intent }: InboundMessage,
  { arrivedAt, needsReview }: { readonly arrivedAt: number; readonly needsReview: boolean },
): Promise<void> {
  const receivedAt = new Date(arrivedAt).toISOString();
  const data = { messageUuid, from, to, text, keyword, intent, needsReview, receivedAt };
  await tell(tx, engine, [
    { event: 'inbound.received', number: from, data },
    ...(needsReview ? [{ event: 'inbound.needs_review' as const, number: from, data }] : []),
  ]);
}

/** Returns when it came in; null where it is known already. The words of one that was only known from Plivo's list are added. */
async function insert(
  tx: Transaction<Schema>,
  engine: Engine,
  message: InboundMessage,
  arrivedMsAgo: number,
): Promise<{ readonly arrivedAt: number; readonly wasLost: boolean } | null> {
  const inserted = await tx
    .insertInto('inbound_messages')
    .values({
      plivo_message_uuid: message.messageUuid,
      from_number: message.from,
      to_number: message.to,
      message_text: message.text,
      intent: message.intent,
      keyword: message.keyword,
      needs_review: 0,
      created_at: sql<number>`${engine.now} - ${arrivedMsAgo}`,
    })
    .onConflict((conflict) =>
      conflict
        .column('plivo_message_uuid')
        .doUpdateSet({ message_text: message.text, intent: message.intent, keyword: message.keyword })
        .where('inbound_messages.message_text', '=', LOST_WORDS)
        .where('inbound_messages.needs_review', '=', 1)
        .where(sql<boolean>`cast(${message.text} as text) <> ${LOST_WORDS}`),
    )
    .returning(['created_at', 'needs_review'])
    .executeTakeFirst();
  return inserted === undefined ? null : { arrivedAt: inserted.created_at, wasLost: inserted.needs_review === 1 };
}

const markForReview = (tx: Transaction<Schema>, messageUuid: string) =>
  tx
    .updateTable('inbound_messages')
    .set({ needs_review: 1 })
    .where('plivo_message_uuid', '=', messageUuid)
    .executeTakeFirst();

async function apply(tx: Transaction<Schema>, engine: Engine, { keyword, from }: InboundMessage): Promise<boolean> {
  if (keyword === 'optOut') return (await optOut(tx, engine, [from], BY_KEYWORD)).length > 0;
  if (keyword === 'optIn') return await optIn(tx, engine, from, BY_KEYWORD);
  return false;
}

type Word = Pick<InboundMessage, 'from' | 'keyword'> & { readonly arrivedAt: number; readonly arrivedMsAgo: number };

/** So much passes between coming in and being written in any case. */
const JUST_NOW_MS = 1000;
/** Of times that were read at two moments: a STOP whose own loss began a deaf time did not come after that. */
const GRAIN_MS = 2;

/**
 * Whether it is the person's last word, or a later one was heard before it. Plivo posts a text again that nobody took, so
 * one that comes in now may be older than it looks; where that cannot be known, STOP is taken for the last word.
 */
async function placeOf(
  tx: Transaction<Schema>,
  engine: Engine,
  { from, keyword, arrivedAt, arrivedMsAgo }: Word,
  recent: Heard['deafTimes'],
): Promise<'last' | 'overtaken' | 'unknown'> {
  if (keyword !== 'optIn' && keyword !== 'optOut') return 'last';
  const other = keyword === 'optIn' ? await lastStop(tx, from) : await lastStart(tx, from);
  if (other === null) return 'last';
  const deaf = await deafTimes(tx, engine, recent);
  // Where it is still to come, the clock was set back since.
  const isLater = other > arrivedAt && other <= arrivedAt + arrivedMsAgo;
  if (keyword === 'optOut') return isLater && !mayBeOlder(other, arrivedAt - GRAIN_MS, deaf) ? 'overtaken' : 'last';
  if (isLater) return 'overtaken';
  const isUnclear = other > arrivedAt && arrivedMsAgo > JUST_NOW_MS;
  return isUnclear || mayBeOlder(arrivedAt, other, deaf) ? 'unknown' : 'last';
}

/** When the person last said STOP, or was put on the list by others, whichever came later. */
async function lastStop(tx: Transaction<Schema>, number: string): Promise<number | null> {
  const names = await namesOnTheList(tx, number);
  const found = await sql<{ at: number | null }>`
    select max(at) as at from (
      select created_at as at from inbound_messages where from_number = ${number} and keyword = 'optOut'
      union all
      select opted_out_at as at from opt_outs where recipient_number in (${sql.join(names)})) as stops`.execute(tx);
  return found.rows[0]?.at ?? null;
}

/** When the person last said a START that was acted on. */
async function lastStart(tx: Transaction<Schema>, number: string): Promise<number | null> {
  const found = await sql<{ at: number | null }>`
    select max(created_at) as at from inbound_messages
    where from_number = ${number} and ${isStartThatCounts('inbound_messages')}`.execute(tx);
  return found.rows[0]?.at ?? null;
}
