import { sql, type Transaction } from 'kysely';
import type { MoveReason } from '../state/batchTransition';
import type { CounterChanges } from '../state/counts/counters';
import { optedOutAmong } from '../state/guards/optedOut';
import { textedTheSameBefore, type DuplicateGuard } from '../state/guards/duplicateGuard';
import { ERASED, overCap, REACHED, SAME_PHONE, SAME_TOPIC, TEXTED_BEFORE } from '../state/guards/leftOut';
import { reachedByFamily, type RetryFamily } from '../state/retryFamily';
import { overCaps } from '../state/guards/textCap';
import { takeTopic } from '../state/guards/topicGuard';
import { isErased } from '../../domain/numbers/erasedNumber';
import type { TextCap } from '../../domain/time/textCaps';
import type { Engine } from '../engine/engine';
import type { Phones } from '../engine/phones';
import type { Schema } from '../engine/schema';
import { numbersWithStatus } from './recipientNumbers';
import { spellingsOfBatch, type Spellings } from './samePhone';

type Ref = { readonly broadcastKey: number; readonly number: number };

/** What keeps people from getting too much by several broadcasts. */
export type Guards = DuplicateGuard & {
  readonly topic: string | null;
  readonly caps: readonly TextCap[];
  /** Those that text each other's people anew; null where there is none. */
  readonly family: RetryFamily | null;
};

type Claiming = { readonly guards: Guards; readonly changes: CounterChanges; readonly phones: Phones };

/**
 * Whom a claim is to text, in order: everybody of the batch but those who are opted out by now, got the same text before,
 * have this one under another spelling of their number, got another text of the topic or got as many as they may.
 * `waiting` is the batch's array until its first claim, which writes a row for each of its people.
 */
export async function recipientsToText(
  tx: Transaction<Schema>,
  engine: Engine,
  ref: Ref,
  { waiting, ...claiming }: Claiming & { waiting: string | null },
): Promise<string[]> {
  const numbers =
    waiting === null ? await numbersWithStatus(tx, ref, 'queued') : (JSON.parse(waiting) as readonly string[]);
  const spellings = await spellingsOfBatch(tx, engine, ref, numbers, claiming.phones);
  // Before the opt-outs, as they may wait for another claim, and a STOP that comes meanwhile counts.
  const known = spellings.canonical.filter((phone) => !isErased(phone));
  const guarded = await guardedAgainst(tx, engine, ref, known, claiming.guards);
  const optedOut = await optedOutAmong(tx, engine, spellings.canonical);
  if (waiting !== null) await writeRecipients(tx, engine, ref, numbers, spellings);
  const { changes } = claiming;
  const named = (phones: ReadonlySet<string>) =>
    phones.size === 0 ? [] : numbers.filter((_, index) => phones.has(spellings.canonical[index] ?? ''));
  const gone = new Set<string>();
  for (const [people, why] of [
    [named(optedOut), { status: 'optedOut', code: null, reason: null }],
    ...guarded.map(([people, why]) => [named(people), { status: 'cancelled', ...why }] as const),
    [[...spellings.repeated], { status: 'cancelled', ...SAME_PHONE }],
    [numbers.filter(isErased), { status: 'cancelled', ...ERASED }],
  ] as const) {
    await leaveOut(tx, engine, ref, people, why, changes);
    for (const number of people) gone.add(number);
  }
  return gone.size === 0 ? [...numbers] : numbers.filter((number) => !gone.has(number));
}

/**
 * Who of these phones is left out for what other broadcasts do, and why. In one order, in which claims wait for each other:
 * retries of one broadcast, text, topic, people. Who is left out by one of them takes no place by the next.
 */
async function guardedAgainst(
  tx: Transaction<Schema>,
  engine: Engine,
  ref: Ref,
  phones: readonly string[],
  guards: Guards,
): Promise<[ReadonlySet<string>, MoveReason][]> {
  const reached = new Set(await reachedByFamily(tx, engine, guards.family, phones));
  const missed = without(phones, reached);
  const texted = new Set(await textedTheSameBefore(tx, engine, ref, missed, guards));
  const others = without(missed, texted);
  const sameTopic = new Set(await takeTopic(tx, engine, ref, others, guards.topic));
  const capped = await overCaps(tx, engine, ref, without(others, sameTopic), guards.caps);
  return [
    [reached, REACHED],
    [texted, TEXTED_BEFORE],
    [sameTopic, SAME_TOPIC],
    ...capped.map(({ cap, phones: over }): [ReadonlySet<string>, MoveReason] => [over, overCap(cap)]),
  ];
}

const without = (phones: readonly string[], gone: ReadonlySet<string>) =>
  gone.size === 0 ? phones : phones.filter((phone) => !gone.has(phone));

/** First claim: one row per recipient. */
async function writeRecipients(
  tx: Transaction<Schema>,
  engine: Engine,
  ref: Ref,
  numbers: readonly string[],
  { canonical }: Spellings,
): Promise<void> {
  const isOdd = canonical.some((number, index) => number !== numbers[index]);
  const columns = sql.raw(
    'broadcast_key, batch_number, position, recipient_number, status, status_updated_at' +
      (isOdd ? ', canonical_number' : ''),
  );
  const phones = isOdd ? sql`join ${engine.stringRows(canonical)} as c on c.position = r.position` : sql``;
  await sql`
    insert into broadcast_recipients (${columns})
    select ${ref.broadcastKey}, ${ref.number}, r.position, r.value, 'queued', ${engine.now}
      ${isOdd ? sql`, nullif(c.value, r.value)` : sql``}
    from ${engine.stringRows(numbers)} as r ${phones}`.execute(tx);
}

async function leaveOut(
  tx: Transaction<Schema>,
  engine: Engine,
  ref: Ref,
  numbers: readonly string[],
  why: { status: 'optedOut' | 'cancelled'; code: string | null; reason: string | null },
  changes: CounterChanges,
): Promise<void> {
  if (numbers.length === 0) return;
  const left = await sql`
    update broadcast_recipients set status = ${why.status}, error_code = ${why.code}, error_reason = ${why.reason},
      status_updated_at = ${engine.now}
    where broadcast_key = ${ref.broadcastKey} and batch_number = ${ref.number} and status = 'queued'
      and recipient_number in (select value from ${engine.stringRows(numbers)} as g)`.execute(tx);
  changes.moveRecipients('queued', why.status, Number(left.numAffectedRows ?? 0));
}
