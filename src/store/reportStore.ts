import { sql, type Transaction } from 'kysely';
import type { BatchStatus } from '../domain/batchState';
import { judgeReport, type DeliveryReport, type ReportedRecipient } from '../domain/deliveryReport';
import type { RecipientStatus } from '../domain/recipientState';
import { moveRecipients, transitionBatch } from './batchTransition';
import { CounterChanges, updateBroadcast } from './counters';
import { inTransaction, type Database } from './database';
import type { Engine } from './engine';
import type { Schema } from './schema';

/** What became of a report: `unknown_token` and `unknown_recipient` changed nothing and name nobody we texted. */
export type ReportResult = 'applied' | 'ignored' | 'unknown_token' | 'unknown_recipient';

export type ReportStore = {
  /** Applies a group of reports in their order, in one transaction; the results stand in the same order. */
  applyReports(reports: readonly DeliveryReport[]): Promise<ReportResult[]>;
};

export function createReportStore({ db, engine }: Database): ReportStore {
  return { applyReports: (reports) => inTransaction(db, (tx) => applyReports(tx, engine, reports)) };
}

type FoundRow = {
  place: number;
  broadcast_key: number;
  batch_number: number;
  batch_status: BatchStatus;
  /** Null when the token is known but the number is not in the batch. */
  position: number | null;
  status: RecipientStatus;
  plivo_message_uuid: string | null;
  sequence: number | null;
};

type ChangedRecipient = ReportedRecipient & {
  broadcastKey: number;
  batchNumber: number;
  position: number;
  errorCode: string | null;
  units: number | null;
  cost: string | null;
};

async function applyReports(
  tx: Transaction<Schema>,
  engine: Engine,
  reports: readonly DeliveryReport[],
): Promise<ReportResult[]> {
  const found = await findRecipients(tx, engine, reports);
  const takenUuids = await uuidsOfOthers(tx, engine, reports, found);
  const group = new ReportGroup(takenUuids);
  const results = reports.map((report, index) => group.apply(report, found.get(index)));
  await writeRecipients(tx, engine, group.changedRecipients());
  await proveBatches(tx, engine, group);
  for (const [broadcastKey, changes] of [...group.counters].sort(([a], [b]) => a - b)) {
    await updateBroadcast(tx, engine, broadcastKey, { changes });
  }
  return results;
}

/**
 * The reports of one group, applied in memory one after another: two of them may concern the same person.
 */
class ReportGroup {
  readonly counters = new Map<number, CounterChanges>();
  /** Batches that we did not know to be sent; a report is the proof. */
  readonly proven = new Map<string, { broadcastKey: number; number: number }>();
  readonly #recipients = new Map<string, ChangedRecipient>();
  readonly #changed = new Set<string>();

  constructor(readonly takenUuids: Set<string>) {}

  apply(report: DeliveryReport, row: FoundRow | undefined): ReportResult {
    if (row === undefined) return 'unknown_token';
    if (row.position === null) return 'unknown_recipient';
    const key = `${row.broadcast_key}/${row.batch_number}/${row.position}`;
    const recipient = this.#recipients.get(key) ?? knownRecipient(row, row.position);
    const verdict = judgeReport(recipient, report);
    if (verdict.kind === 'ignore') return 'ignored';
    // A message belongs to one person: a uuid that is bound elsewhere makes no sense here.
    if (recipient.messageUuid === null && this.takenUuids.has(report.messageUuid)) return 'ignored';

    this.takenUuids.add(report.messageUuid);
    this.countersOf(row.broadcast_key).moveRecipients(recipient.status, verdict.status, 1);
    this.#recipients.set(key, {
      ...recipient,
      status: verdict.status,
      messageUuid: report.messageUuid,
      sequence: report.sequence ?? recipient.sequence,
      errorCode: report.errorCode ?? recipient.errorCode,
      units: report.units ?? recipient.units,
      cost: report.cost ?? recipient.cost,
    });
    this.#changed.add(key);
    if (row.batch_status !== 'sent' && row.batch_status !== 'sending') {
      this.proven.set(`${row.broadcast_key}/${row.batch_number}`, {
        broadcastKey: row.broadcast_key,
        number: row.batch_number,
      });
    }
    return 'applied';
  }

  countersOf(broadcastKey: number): CounterChanges {
    const changes = this.counters.get(broadcastKey) ?? new CounterChanges();
    this.counters.set(broadcastKey, changes);
    return changes;
  }

  changedRecipients(): ChangedRecipient[] {
    return [...this.#recipients].filter(([key]) => this.#changed.has(key)).map(([, recipient]) => recipient);
  }
}

const knownRecipient = (row: FoundRow, position: number): ChangedRecipient => ({
  broadcastKey: row.broadcast_key,
  batchNumber: row.batch_number,
  position,
  status: row.status,
  messageUuid: row.plivo_message_uuid,
  sequence: row.sequence,
  errorCode: null,
  units: null,
  cost: null,
});

async function findRecipients(
  tx: Transaction<Schema>,
  engine: Engine,
  reports: readonly DeliveryReport[],
): Promise<Map<number, FoundRow>> {
  const wanted = reports.map(({ token, recipient }, place) => ({ place, token, recipient }));
  await lockRecipients(tx, engine, wanted);
  const rows = await sql<FoundRow>`
    select w.place, b.broadcast_key, b.number as batch_number, b.status as batch_status,
      r.position, r.status, r.plivo_message_uuid, r.sequence
    from ${engine.recordRows(wanted, { place: 'integer', token: 'text', recipient: 'text' })} as w
    join batches b on b.callback_token = w.token
    left join broadcast_recipients r
      on r.recipient_number = w.recipient and r.broadcast_key = b.broadcast_key and r.batch_number = b.number`.execute(
    tx,
  );
  return new Map(rows.rows.map((row) => [row.place, row]));
}

/**
 * On PostgreSQL, groups of several instances may concern the same people: they lock them in one order first. The
 * batches are locked before, as everywhere, for a proof changes them.
 */
async function lockRecipients(
  tx: Transaction<Schema>,
  engine: Engine,
  wanted: readonly { place: number; token: string; recipient: string }[],
): Promise<void> {
  if (engine.kind !== 'postgres') return;
  await sql`
    select 1 from batches where callback_token in (select value from ${engine.stringRows([...new Set(wanted.map(({ token }) => token))])} as t)
    order by broadcast_key, number for update`.execute(tx);
  await sql`
    select 1 from ${engine.recordRows(wanted, { place: 'integer', token: 'text', recipient: 'text' })} as w
    join batches b on b.callback_token = w.token
    join broadcast_recipients r
      on r.recipient_number = w.recipient and r.broadcast_key = b.broadcast_key and r.batch_number = b.number
    order by r.broadcast_key, r.batch_number, r.position
    for update of r`.execute(tx);
}

async function uuidsOfOthers(
  tx: Transaction<Schema>,
  engine: Engine,
  reports: readonly DeliveryReport[],
  found: ReadonlyMap<number, FoundRow>,
): Promise<Set<string>> {
  const unbound = reports.filter((report, index) => found.get(index)?.plivo_message_uuid !== report.messageUuid);
  if (unbound.length === 0) return new Set();
  const taken = await sql<{ value: string }>`
    select u.value from ${engine.stringRows(unbound.map(({ messageUuid }) => messageUuid))} as u
    where exists (select 1 from broadcast_recipients r where r.plivo_message_uuid = u.value)`.execute(tx);
  return new Set(taken.rows.map((row) => row.value));
}

async function writeRecipients(
  tx: Transaction<Schema>,
  engine: Engine,
  changed: readonly ChangedRecipient[],
): Promise<void> {
  if (changed.length === 0) return;
  const rows = engine.recordRows(changed, {
    broadcastKey: 'bigint',
    batchNumber: 'integer',
    position: 'integer',
    status: 'text',
    messageUuid: 'text',
    sequence: 'integer',
    errorCode: 'text',
    units: 'integer',
    cost: 'text',
  });
  await sql`
    update broadcast_recipients set
      status = c.status, plivo_message_uuid = c."messageUuid", sequence = c.sequence,
      error_code = coalesce(c."errorCode", error_code), error_reason = null,
      units = coalesce(c.units, broadcast_recipients.units), cost = coalesce(c.cost, broadcast_recipients.cost),
      status_updated_at = ${engine.now}
    from ${rows} as c
    where broadcast_recipients.broadcast_key = c."broadcastKey" and batch_number = c."batchNumber"
      and broadcast_recipients.position = c.position`.execute(tx);
}

async function proveBatches(tx: Transaction<Schema>, engine: Engine, group: ReportGroup): Promise<void> {
  for (const ref of group.proven.values()) {
    const changes = group.countersOf(ref.broadcastKey);
    const moved = await transitionBatch(tx, engine, ref, 'prove', changes);
    // Those of whom no report has come yet were taken by Plivo in the same call.
    if (moved !== null) await moveRecipients(tx, engine, ref, ['unknown', 'failed', 'cancelled'], 'queued', changes);
  }
}
