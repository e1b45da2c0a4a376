import { sql, type RawBuilder, type Transaction } from 'kysely';
import { erasedAmong, erasedNumber, withoutNumbers } from '../../domain/numbers/erasedNumber';
import { digitsAsNumber } from '../../domain/numbers/numberSet';
import type { OptOutKeptAs } from '../../domain/states/optOut';
import type { BatchStatus } from '../../domain/states/batchState';
import type { RecipientStatus } from '../../domain/states/recipientState';
import { masked } from '../../domain/access/audit';
import { record } from '../access/auditLog';
import { removeFromList } from '../audience/listEditing';
import { hashOptOut } from '../optOuts/optOutHashing';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { searchWaiting, type WaitingPlace } from '../reading/waitingSearch';
import { withoutPerson } from '../state/erasedNews';
import { CounterChanges, updateBroadcast } from '../state/counts/counters';

export type Erasure =
  | { readonly kind: 'erased' }
  /** A text for them waits, or nobody knows yet whether they have it; the public names of the broadcasts. */
  | { readonly kind: 'under_way'; readonly broadcastIds: readonly string[] }
  /** A reply of theirs may be a wish to stop, and nobody has read it. */
  | { readonly kind: 'unread' };

export type ErasureStore = {
  /**
   * Takes the person, by the canonical number, out of all that is kept: of broadcasts only the counts and Plivo's names of
   * messages stay, of what they wrote only that something came. Whether they are opted out, and since when, stays: by their
   * number, or by a keyed hash of it. All or nothing.
   */
  erase(number: string, keptAs: OptOutKeptAs): Promise<Erasure>;
};

export function createErasureStore(database: Database): ErasureStore {
  return {
    async erase(number, keptAs) {
      // Read through in slices before the transaction; what came meanwhile, within it.
      const seen = await lastWhole(database);
      const waiting = await searchWaiting(database, number, {});
      return await inTransaction(database.db, async (tx) => {
        const sinceThen = await searchWaiting({ ...database, db: tx }, number, { after: seen });
        const erased = await erase(tx, database, number, inOrder([...waiting, ...sinceThen]));
        if (erased.kind !== 'erased') return erased;
        if (keptAs === 'hash') await hashOptOut(tx, database.engine, number);
        await record(tx, database.engine, {
          action: 'person.erased',
          subject: masked(number),
          details: { optOut: keptAs },
        });
        return erased;
      }).catch((error: unknown): Erasure => {
        if (error instanceof UnreadError) return { kind: 'unread' };
        throw error;
      });
    },
  };
}

/** As long as a broadcast may be under way into the database, in milliseconds, after it took its place among the others. */
const WRITING_MS = 60_000;

/** The last broadcast before all that may still be written. */
async function lastWhole({ db, engine }: Database): Promise<number> {
  const found = await sql<{ last: number | null }>`
    select coalesce(
      (select min(broadcast_key) - 1 from broadcasts where hidden is not null or created_at > ${engine.now} - ${WRITING_MS}),
      (select max(broadcast_key) from broadcasts)) as last`.execute(db);
  return found.rows[0]?.last ?? -1;
}

function inOrder(places: readonly WaitingPlace[]): readonly WaitingPlace[] {
  const once = new Map(places.map((place) => [`${place.broadcastKey}:${place.batch}`, place]));
  return [...once.values()].sort((a, b) => a.broadcastKey - b.broadcastKey || a.batch - b.batch);
}

type TextRow = {
  readonly broadcast_key: number;
  readonly batch_number: number;
  readonly position: number;
  readonly recipient_number: string;
  readonly status: RecipientStatus;
};

/** Takes back what was erased until then. */
class UnreadError extends Error {
  constructor() {
    super('A reply of this person came while they were being erased.');
  }
}

/** In the order in which every transaction locks: batches, recipients, broadcasts. */
async function erase(
  tx: Transaction<Schema>,
  { engine, phones }: Database,
  number: string,
  waiting: readonly WaitingPlace[],
): Promise<Erasure> {
  const rows = await textsTo(tx, number);
  const broadcastIds = await underWay(tx, engine, rows, waiting);
  if (broadcastIds.length > 0) return { kind: 'under_way', broadcastIds };
  if (await hasUnread(tx, number)) return { kind: 'unread' };
  const spellings = [number, ...phones.spellingsOf(number)];
  await eraseFromBatches(tx, { rows, waiting, spellings });
  await eraseTexts(tx, engine, rows);
  await sql`
    update inbound_messages set from_number = 'erased', message_text = ''
    where from_number = ${number} and needs_review = 0`.execute(tx);
  // What came meanwhile may be a wish to stop, and whose it is must be known then.
  if (await hasUnread(tx, number)) throw new UnreadError();
  await eraseFromNews(tx, engine, { number, rows, spellings });
  await eraseFromLists(tx, engine, number);
  return { kind: 'erased' };
}

async function textsTo(tx: Transaction<Schema>, number: string): Promise<readonly TextRow[]> {
  const found = await sql<TextRow>`
    select broadcast_key, batch_number, position, recipient_number, status from broadcast_recipients
    where recipient_number = ${number} or canonical_number = ${number}
    order by broadcast_key, batch_number`.execute(tx);
  return found.rows;
}

const OVER: ReadonlySet<BatchStatus> = new Set(['sent', 'failed', 'cancelled']);

/** The broadcasts of batches whose end is not known; the batches stay as they are until the transaction ends. */
async function underWay(
  tx: Transaction<Schema>,
  engine: Engine,
  rows: readonly TextRow[],
  waiting: readonly WaitingPlace[],
): Promise<string[]> {
  const batches = [
    ...rows.map((row) => ({ key: row.broadcast_key, number: row.batch_number })),
    ...waiting.map(({ broadcastKey, batch }) => ({ key: broadcastKey, number: batch })),
  ];
  if (batches.length === 0) return [];
  const found = await sql<{ id: string; status: BatchStatus }>`
    select (select id from broadcasts c where c.broadcast_key = b.broadcast_key) as id, b.status from batches b
    where (b.broadcast_key, b.number) in (select n.key, n.number from ${batchRows(engine, batches)} as n)
    order by b.broadcast_key, b.number ${engine.forUpdate}`.execute(tx);
  return [...new Set(found.rows.filter(({ status }) => !OVER.has(status)).map(({ id }) => id))];
}

const batchRows = (engine: Engine, batches: readonly { key: number; number: number }[]): RawBuilder<unknown> =>
  engine.recordRows(batches, { key: 'bigint', number: 'integer' });

async function hasUnread(tx: Transaction<Schema>, number: string): Promise<boolean> {
  const found = await sql`
    select 1 from inbound_messages where from_number = ${number} and needs_review = 1 limit 1`.execute(tx);
  return found.rows.length > 0;
}

type Mentions = {
  readonly rows: readonly TextRow[];
  readonly waiting: readonly WaitingPlace[];
  readonly spellings: readonly string[];
};

/** What batches say of single people: who waited in one that was cancelled, whom Plivo refused, a text of their own. */
async function eraseFromBatches(tx: Transaction<Schema>, { rows, waiting, spellings }: Mentions): Promise<void> {
  const whom = new Set(spellings);
  for (const { broadcastKey, batch } of waiting) {
    const { recipients } = await tx
      .selectFrom('batches')
      .select('recipients')
      .where('broadcast_key', '=', broadcastKey)
      .where('number', '=', batch)
      .executeTakeFirstOrThrow();
    if (recipients === null) continue;
    await sql`
      update batches set recipients = ${JSON.stringify(erasedAmong(batch, JSON.parse(recipients) as string[], whom))},
        message_text = case when size = 1 then null else message_text end
      where broadcast_key = ${broadcastKey} and number = ${batch}`.execute(tx);
  }
  for (const row of rows) await eraseFromAnswers(tx, row, spellings);
}

async function eraseFromAnswers(tx: Transaction<Schema>, row: TextRow, spellings: readonly string[]): Promise<void> {
  const { broadcast_key: key, batch_number: batch } = row;
  const found = await sql<{ invalid: string | null; reason: string | null; first: string | null }>`
    select b.plivo_invalid_numbers as invalid, b.error_reason as reason, c.first_answer as first
    from batches b join broadcasts c on c.broadcast_key = b.broadcast_key
    where b.broadcast_key = ${key} and b.number = ${batch}`.execute(tx);
  const [told] = found.rows;
  if (told === undefined) return;
  const without = (text: string | null) => (text === null ? null : withoutNumbers(text, spellings));
  await sql`
    update batches set plivo_invalid_numbers = ${without(told.invalid)}, error_reason = ${without(told.reason)},
      message_text = case when size = 1 then null else message_text end
    where broadcast_key = ${key} and number = ${batch}`.execute(tx);
  if (told.first !== without(told.first))
    await sql`update broadcasts set first_answer = ${without(told.first)} where broadcast_key = ${key}`.execute(tx);
}

/** States in which a report is still waited for: nobody will ask for it by the number any more. */
const OPEN: readonly RecipientStatus[] = ['queued', 'sent'];
const NO_LONGER_KNOWN = 'The person was erased before the last report came.';

async function eraseTexts(tx: Transaction<Schema>, engine: Engine, rows: readonly TextRow[]): Promise<void> {
  for (const { broadcast_key: key, batch_number: batch, position, status } of rows) {
    const isOpen = OPEN.includes(status);
    await sql`
      update broadcast_recipients set recipient_number = ${erasedNumber(batch, position)}, canonical_number = null,
        status = ${isOpen ? 'unknown' : status},
        error_reason = ${isOpen ? NO_LONGER_KNOWN : sql`error_reason`}
      where broadcast_key = ${key} and batch_number = ${batch} and position = ${position}`.execute(tx);
    if (!isOpen) continue;
    const changes = new CounterChanges();
    changes.moveRecipients(status, 'unknown', 1);
    await updateBroadcast(tx, engine, key, { changes });
  }
}

type Told = { readonly number: string; readonly rows: readonly TextRow[]; readonly spellings: readonly string[] };

/**
 * What other programs were told: who has been told keeps it, and has to be asked there. A wish to stop that they do not know
 * of yet still reaches them as it is, and is erased then: nobody's number stands beside it any more.
 */
async function eraseFromNews(
  tx: Transaction<Schema>,
  engine: Engine,
  { number, rows, spellings }: Told,
): Promise<void> {
  await sql`
    update webhook_deliveries set recipient_number = null
    where recipient_number = ${number} and status = 'pending' and event = 'recipient.opted_out'`.execute(tx);
  const about = await sql<{ key: number; payload: string }>`
    select delivery_key as key, payload from webhook_deliveries
    where recipient_number = ${number}`.execute(tx);
  for (const { key, payload } of about.rows)
    await sql`
      update webhook_deliveries set recipient_number = null, payload = ${withoutPerson(payload)}
      where delivery_key = ${key}`.execute(tx);
  const keys = [...new Set(rows.map((row) => row.broadcast_key))].map((key) => ({ key }));
  if (keys.length === 0) return;
  const quoted = spellings.map((spelling) => `"${spelling}"`);
  await sql`
    update webhook_deliveries set payload = ${replaced('payload', quoted, '"erased"')}
    where event = 'recipients.updated' and broadcast_key in (select k.key from ${engine.recordRows(keys, { key: 'bigint' })} as k)
      and (${sql.join(
        quoted.map((one) => sql`payload like ${`%${one}%`}`),
        sql` or `,
      )})`.execute(tx);
}

const replaced = (column: string, what: readonly string[], by: string): RawBuilder<string> =>
  what.reduce<RawBuilder<string>>((text, one) => sql`replace(${text}, ${one}, ${by})`, sql.ref(column));

async function eraseFromLists(tx: Transaction<Schema>, engine: Engine, number: string): Promise<void> {
  const lists = await tx.selectFrom('lists').select('name').orderBy('list_key').execute();
  for (const { name } of lists) await removeFromList(tx, engine, name, digitsAsNumber(number));
}
