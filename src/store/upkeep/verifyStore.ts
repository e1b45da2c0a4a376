import { sql, type Transaction } from 'kysely';
import { NumberSet } from '../../domain/numbers/numberSet';
import type { RecipientStatus } from '../../domain/states/recipientState';
import { batchCountsOf, recipientCountsOf } from '../state/counts/counts';
import type { Database } from '../engine/database';
import { isLeftOut } from '../state/guards/leftOut';
import type { Engine } from '../engine/engine';
import type { BroadcastsTable, Schema } from '../engine/schema';
import { brokenListRules } from './verifyLists';
import { brokenRules, type VerifiedBatch, type VerifiedBroadcast, type VerifiedSender } from './verifyRules';

export type Verification = { readonly broadcasts: number; readonly recipients: number; readonly faults: number };

export type VerifyOptions = {
  /** Told of every broken rule, and of what: `broadcast` and its id, or `list` and its name. */
  readonly onFault: (subject: string, rule: string) => void;
};

const BROADCASTS_AT_ONCE = 100;
const BATCHES_AT_ONCE = 100;

/**
 * Counts everything that is kept in running counters, and checks every rule that the rows must obey, one broadcast and one
 * list after another, while the service goes on: each is read as it stood at one moment.
 */
export async function verifyDatabase(database: Database, options: VerifyOptions): Promise<Verification> {
  const { broadcasts, recipients, faults } = await verifyBroadcasts(database, options);
  return { broadcasts, recipients, faults: faults + (await verifyLists(database, options)) };
}

async function verifyBroadcasts(database: Database, { onFault }: VerifyOptions): Promise<Verification> {
  const { db } = database;
  let [broadcasts, recipients, faults] = [0, 0, 0];
  for (let after = -1; ;) {
    const slice = await db
      .selectFrom('broadcasts')
      .select('broadcast_key')
      .where('broadcast_key', '>', after)
      .where('hidden', 'is', null)
      .orderBy('broadcast_key')
      .limit(BROADCASTS_AT_ONCE)
      .execute();
    for (const { broadcast_key: key } of slice) {
      const found = await atOneMoment(database, (tx) => readBroadcast(tx, database.engine, key));
      if (found === null) continue;
      broadcasts++;
      recipients += found.broadcast.submitted - found.broadcast.duplicates;
      for (const rule of brokenRules(found.broadcast)) {
        faults++;
        onFault(`broadcast ${found.id}`, rule);
      }
    }
    const last = slice.at(-1);
    if (last === undefined) return { broadcasts, recipients, faults };
    after = last.broadcast_key;
  }
}

/** Returns how many faults there are. */
async function verifyLists(database: Database, { onFault }: VerifyOptions): Promise<number> {
  let faults = 0;
  const names = await database.db.selectFrom('lists').select('name').orderBy('name').execute();
  for (const { name } of names) {
    const rules = await atOneMoment(database, async (tx) => {
      const list = await tx.selectFrom('lists').selectAll().where('name', '=', name).executeTakeFirst();
      return list === undefined ? [] : await brokenListRules(tx, list);
    });
    for (const rule of rules) onFault(`list ${name}`, rule);
    faults += rules.length;
  }
  return faults;
}

/** SQLite reads one state of the file from the first read of a transaction on; PostgreSQL does so when asked to. */
function atOneMoment<T>({ db, engine }: Database, read: (tx: Transaction<Schema>) => Promise<T>): Promise<T> {
  // Who checks within a transaction of their own has nobody beside them.
  if (db.isTransaction) return read(db as Transaction<Schema>);
  const transaction = db.transaction();
  return engine.kind === 'postgres'
    ? transaction.setIsolationLevel('repeatable read').execute(read)
    : transaction.execute(read);
}

async function readBroadcast(
  tx: Transaction<Schema>,
  engine: Engine,
  key: number,
): Promise<{ id: string; broadcast: VerifiedBroadcast } | null> {
  const row = await tx.selectFrom('broadcasts').selectAll().where('broadcast_key', '=', key).executeTakeFirst();
  if (row === undefined) return null;
  const rowsOf = await countRows(tx, key);
  const { batches, inTwoBatches } = await readBatches(tx, engine, key, rowsOf);
  const outside = rowsOf.get(0) ?? {};
  rowsOf.delete(0);
  for (const { number } of batches) rowsOf.delete(number);
  return {
    id: row.id,
    broadcast: {
      ...ownWords(row),
      batches,
      inTwoBatches,
      rowsOutside: total(outside),
      rowsAstray: [...rowsOf.values()].reduce((all, rows) => all + total(rows), 0),
      senders: await readSenders(tx, key),
      doubledUuids: await doubledUuids(tx, key),
      // What was accepted before there were countries has none to be added up.
      ...(row.text_hash === null ? { billedUnits: 0, unitsInRows: 0 } : await units(tx, key)),
    },
  };
}

const ownWords = (row: Omit<BroadcastsTable, 'broadcast_key'>) => ({
  status: row.status,
  isProcessed: row.processed_at !== null,
  submitted: row.submitted,
  duplicates: row.duplicates,
  accepted: row.accepted,
  leftOut: row.invalid_at_acceptance + row.opted_out_at_acceptance,
  batchesTotal: row.batches_total,
  batchCounters: batchCountsOf(row),
  recipientCounters: recipientCountsOf(row),
});

type RowCounts = Partial<Record<RecipientStatus | 'skipped', number>>;

const total = (rows: RowCounts) => Object.values(rows).reduce((all, count) => all + count, 0);

/** Batch number -> status -> people; 0 holds those who are in no batch. */
async function countRows(tx: Transaction<Schema>, key: number): Promise<Map<number, RowCounts>> {
  const counted = await sql<{ batch_number: number; status: RecipientStatus | 'skipped'; people: number }>`
    select batch_number, case when ${isLeftOut()} then 'skipped' else status end as status,
      count(*) as people
    from broadcast_recipients where broadcast_key = ${key} group by 1, 2`.execute(tx);
  const rowsOf = new Map<number, RowCounts>();
  for (const { batch_number: number, status, people } of counted.rows) {
    const rows = rowsOf.get(number) ?? {};
    rows[status] = people;
    rowsOf.set(number, rows);
  }
  return rowsOf;
}

async function readBatches(
  tx: Transaction<Schema>,
  engine: Engine,
  key: number,
  rowsOf: ReadonlyMap<number, RowCounts>,
): Promise<{ batches: VerifiedBatch[]; inTwoBatches: number }> {
  const batches: VerifiedBatch[] = [];
  const seen = new NumberSet();
  let inTwoBatches = 0;
  for (let after = 0; ;) {
    const slice = await tx
      .selectFrom('batches')
      .select(['number', 'size', 'recipients', 'status', 'claim_number'])
      .select(['lease_owner', 'lease_expires_at', 'reports_closed_at'])
      .where('broadcast_key', '=', key)
      .where('number', '>', after)
      .orderBy('number')
      .limit(BATCHES_AT_ONCE)
      .execute();
    for (const batch of slice) {
      const { skipped = 0, ...rows } = rowsOf.get(batch.number) ?? {};
      const waiting = batch.recipients === null ? null : (JSON.parse(batch.recipients) as string[]);
      for (const number of waiting ?? []) if (!seen.add(number)) inTwoBatches++;
      if (waiting !== null) inTwoBatches += await claimedAmong(tx, engine, key, waiting);
      batches.push({
        number: batch.number,
        status: batch.status,
        size: batch.size,
        claims: batch.claim_number,
        hasLease: batch.lease_owner !== null && batch.lease_expires_at !== null,
        reportsClosed: batch.reports_closed_at !== null,
        waiting: waiting?.length ?? null,
        rows,
        skipped,
      });
    }
    const last = slice.at(-1);
    if (last === undefined) return { batches, inTwoBatches };
    after = last.number;
  }
}

/** Among rows, an index keeps people apart; those who still wait in an array are looked up there. */
async function claimedAmong(
  tx: Transaction<Schema>,
  engine: Engine,
  key: number,
  waiting: readonly string[],
): Promise<number> {
  const found = await sql<{ people: number }>`
    select count(*) as people from ${engine.stringRows(waiting)} as w
    join broadcast_recipients r on r.recipient_number = w.value and r.broadcast_key = ${key}`.execute(tx);
  return found.rows[0]?.people ?? 0;
}

/** What is counted of each sender of a broadcast of several, and what there is of it. */
async function readSenders(tx: Transaction<Schema>, key: number): Promise<VerifiedSender[]> {
  const found = await sql<{ pending: number; total: number; pending_batches: number; batches: number }>`
    select s.batches_pending as pending, s.batches_total as total,
      (select count(*) from batches b where b.broadcast_key = s.broadcast_key and b.status = 'pending'
         and coalesce(b.sender, b.powerpack_uuid) = s.sender) as pending_batches,
      (select count(*) from batches b where b.broadcast_key = s.broadcast_key
         and coalesce(b.sender, b.powerpack_uuid) = s.sender) as batches
    from broadcast_senders s where s.broadcast_key = ${key}`.execute(tx);
  return found.rows.map((row) => ({
    pending: row.pending,
    total: row.total,
    pendingBatches: row.pending_batches,
    batches: row.batches,
  }));
}

async function units(tx: Transaction<Schema>, key: number): Promise<{ billedUnits: number; unitsInRows: number }> {
  const found = await sql<{ billed: number | string | null; in_rows: number | string | null }>`
    select (select sum(units) from broadcast_countries where broadcast_key = ${key}) as billed,
      (select sum(units) from broadcast_recipients where broadcast_key = ${key}) as in_rows`.execute(tx);
  const { billed, in_rows: inRows } = found.rows[0] ?? { billed: 0, in_rows: 0 };
  return { billedUnits: Number(billed ?? 0), unitsInRows: Number(inRows ?? 0) };
}

async function doubledUuids(tx: Transaction<Schema>, key: number): Promise<number> {
  const found = await sql<{ doubled: number }>`
    select count(*) as doubled from broadcast_recipients r
    where r.broadcast_key = ${key} and r.plivo_message_uuid is not null
      and exists (select 1 from broadcast_recipients o where o.plivo_message_uuid = r.plivo_message_uuid
                  and not (o.broadcast_key = r.broadcast_key and o.recipient_number = r.recipient_number))`.execute(tx);
  return found.rows[0]?.doubled ?? 0;
}
