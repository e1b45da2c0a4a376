import { sql, type Transaction } from 'kysely';
import type { CounterChanges } from '../state/counters';
import { optedOutAmong } from '../state/optedOut';
import { TEXTED_BEFORE, textedTheSameBefore, type DuplicateGuard } from '../state/duplicateGuard';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { numbersWithStatus } from './recipientNumbers';

type Ref = { readonly broadcastKey: number; readonly number: number };

/**
 * Whom a claim is to text, in order: everybody of the batch but those who are opted out by now, or got the same text
 * before. `waiting` is the batch's array until its first claim, which writes a row for each of its people.
 */
export async function recipientsToText(
  tx: Transaction<Schema>,
  engine: Engine,
  ref: Ref,
  { waiting, guard, changes }: { waiting: string | null; guard: DuplicateGuard; changes: CounterChanges },
): Promise<string[]> {
  return waiting === null
    ? await recipientsStillToText(tx, engine, ref, changes, guard)
    : await writeRecipients(tx, engine, ref, JSON.parse(waiting) as string[], changes, guard);
}

/** First claim: writes one row per recipient, leaving out of the call who has opted out since. */
async function writeRecipients(
  tx: Transaction<Schema>,
  engine: Engine,
  ref: Ref,
  numbers: readonly string[],
  changes: CounterChanges,
  guard: DuplicateGuard,
): Promise<string[]> {
  // First, as it may wait for another claim, and a STOP that comes meanwhile counts.
  const textedBefore = await textedTheSameBefore(tx, engine, ref, numbers, guard);
  const optedOut = [...(await optedOutAmong(tx, engine, numbers))];
  await sql`
    insert into broadcast_recipients (broadcast_key, batch_number, position, recipient_number, status, status_updated_at)
    select ${ref.broadcastKey}, ${ref.number}, r.position, r.value, 'queued', ${engine.now}
    from ${engine.stringRows(numbers)} as r`.execute(tx);
  await leaveOut(tx, engine, ref, optedOut, { status: 'optedOut', code: null, reason: null }, changes);
  await leaveOut(tx, engine, ref, textedBefore, { status: 'cancelled', ...TEXTED_BEFORE }, changes);
  const isGone = new Set([...optedOut, ...textedBefore]);
  return isGone.size === 0 ? [...numbers] : numbers.filter((number) => !isGone.has(number));
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
    update broadcast_recipients set status = ${why.status}, error_code = ${why.code}, error_reason = ${why.reason}
    where broadcast_key = ${ref.broadcastKey} and batch_number = ${ref.number} and status = 'queued'
      and recipient_number in (select value from ${engine.stringRows(numbers)} as g)`.execute(tx);
  changes.moveRecipients('queued', why.status, Number(left.numAffectedRows ?? 0));
}

/** A later claim: the rows are there; those still queued go, less who is left out by now. */
async function recipientsStillToText(
  tx: Transaction<Schema>,
  engine: Engine,
  ref: Ref,
  changes: CounterChanges,
  guard: DuplicateGuard,
): Promise<string[]> {
  const queued = await numbersWithStatus(tx, ref, 'queued');
  const textedBefore = await textedTheSameBefore(tx, engine, ref, queued, guard);
  const optedOut = await sql`
    update broadcast_recipients set status = 'optedOut', status_updated_at = ${engine.now}
    where broadcast_key = ${ref.broadcastKey} and batch_number = ${ref.number} and status = 'queued'
      and exists (select 1 from opt_outs o where o.recipient_number = broadcast_recipients.recipient_number)`.execute(
    tx,
  );
  const gone = Number(optedOut.numAffectedRows ?? 0);
  changes.moveRecipients('queued', 'optedOut', gone);
  await leaveOut(tx, engine, ref, textedBefore, { status: 'cancelled', ...TEXTED_BEFORE }, changes);
  return gone + textedBefore.length === 0 ? queued : await numbersWithStatus(tx, ref, 'queued');
}
