import { sql, type Transaction } from 'kysely';
import { everyNumber } from '../../domain/numbers/numberList';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import type { TextRow } from '../engine/textRows';
import type { NewBatch, NewBroadcast } from './broadcastInsert';

export type BatchInsertion = {
  readonly broadcastKey: number;
  readonly broadcast: NewBroadcast;
  /** How many batches stand before these. */
  readonly from: number;
  readonly batches: readonly NewBatch[];
  /** What becomes of the token of the batch at a place among all; absent where it stays as it is. */
  readonly tokenAt?: (place: number, token: string) => string;
};

export async function insertBatches(tx: Transaction<Schema>, engine: Engine, insertion: BatchInsertion): Promise<void> {
  if (insertion.batches.length === 0) return;
  if (insertion.broadcast.personal === null) await insertLargeCalls(tx, engine, insertion);
  else await insertOwnTexts(tx, engine, insertion);
}

const asItIs = (_place: number, token: string): string => token;

/** A few long arrays of people: each as a parameter, which nobody has to take apart. */
async function insertLargeCalls(tx: Transaction<Schema>, engine: Engine, insertion: BatchInsertion): Promise<void> {
  const { broadcastKey, broadcast, from, batches, tokenAt = asItIs } = insertion;
  const rows = batches.map((batch, index) => {
    const { sender, powerpackUuid } = ownOrigin(batch, broadcast);
    const { recipients, token } = batch;
    return sql`(${broadcastKey}, ${from + index + 1}, ${recipients.length}, ${JSON.stringify(everyNumber(recipients))},
                'pending', ${engine.now}, ${tokenAt(from + index, token)}, ${engine.now}, ${sender}, ${powerpackUuid},
                ${zonesOf(batch)}, ${batch.notBefore})`;
  });
  await sql`
    insert into batches (broadcast_key, number, size, recipients, status, next_attempt_at, callback_token,
      status_updated_at, sender, powerpack_uuid, zones, not_before)
    values ${sql.join(rows)}`.execute(tx);
}

/** Many short rows, as few parameters: each costs more than what it holds. What a group shares is said once for all of it. */
async function insertOwnTexts(tx: Transaction<Schema>, engine: Engine, insertion: BatchInsertion): Promise<void> {
  const { batches } = insertion;
  for (let begin = 0; begin < batches.length;) {
    const end = endOfAlike(batches, begin);
    const group = { ...insertion, from: insertion.from + begin, batches: batches.slice(begin, end) };
    await insertAlike(tx, engine, group);
    begin = end;
  }
}

async function insertAlike(tx: Transaction<Schema>, engine: Engine, insertion: BatchInsertion): Promise<void> {
  const { broadcastKey, broadcast, batches } = insertion;
  const [first] = batches;
  if (first === undefined) return;
  const { sender, powerpackUuid } = ownOrigin(first, broadcast);
  // Once: PostgreSQL, which asks its clock for each row, took a fifth longer.
  const now = sql`(select ${engine.now})`;
  await sql`
    insert into batches (broadcast_key, number, size, recipients, status, next_attempt_at, callback_token,
      status_updated_at, sender, powerpack_uuid, zones, not_before, message_text, segments)
    select ${broadcastKey}, r.number, r.size, r.recipients, 'pending', ${now}, r.token, ${now}, ${sender},
      ${powerpackUuid}, ${zonesOf(first)}, ${first.notBefore}, r.text, r.segments
    from ${engine.textRows(textRowsOf(insertion), OWN_COLUMNS)} as r`.execute(tx);
}

const textRowsOf = ({ from, batches, broadcast, tokenAt = asItIs }: BatchInsertion): TextRow[] =>
  batches.map((batch, index) => {
    const { recipients, token, own } = batch;
    const { text, segments } = own ?? { text: null, segments: broadcast.segmentsPerMessage };
    return {
      head: [from + index + 1, recipients.length, peopleOf(batch), tokenAt(from + index, token), segments],
      text,
    };
  });

const OWN_COLUMNS = {
  number: 'integer',
  size: 'integer',
  recipients: 'text',
  token: 'text',
  segments: 'integer',
  text: 'text',
} as const;

/** Where those end that have their sender and hours in common with the one at `begin`: they were planned as one group. */
function endOfAlike(batches: readonly NewBatch[], begin: number): number {
  const first = batches[begin];
  let end = begin + 1;
  for (; end < batches.length; end++) {
    const next = batches[end];
    if (next?.origin !== first?.origin || next?.zones !== first?.zones || next?.notBefore !== first?.notBefore) break;
  }
  return end;
}

const zonesOf = ({ zones }: NewBatch): string | null => (zones === null ? null : JSON.stringify(zones));

const peopleOf = ({ recipients }: NewBatch): string =>
  recipients.length === 1 ? `["${recipients.at(0) ?? ''}"]` : JSON.stringify(everyNumber(recipients));

/** Each batch says it where not all come from whom the broadcast says. */
function ownOrigin({ origin }: NewBatch, { senders }: NewBroadcast) {
  if (senders.length === 0) return { sender: null, powerpackUuid: null };
  return 'sender' in origin
    ? { sender: origin.sender, powerpackUuid: null }
    : { sender: null, powerpackUuid: origin.powerpackUuid };
}
