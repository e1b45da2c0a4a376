import { type Kysely, sql, type Transaction } from 'kysely';
import type { PlannedBatch } from '../domain/broadcastPlan';
import type { CountryShare } from '../domain/costEstimate';
import { inTransaction, type Database } from './database';
import type { Engine } from './engine';
import type { Schema } from './schema';

/** A checked broadcast on its way into the database. */
export type NewBroadcast = {
  readonly id: string;
  readonly name: string | null;
  readonly text: string;
  readonly sender: string | null;
  readonly powerpackUuid: string | null;
  readonly expirySeconds: number | null;
  readonly mediaUrls: readonly string[] | null;
  readonly quietHours: string | null;
  readonly textHash: string;
  /** Milliseconds since 1970; null for at once. */
  readonly scheduledAt: number | null;
  readonly encoding: string;
  readonly segmentsPerMessage: number;
  readonly submitted: number;
  readonly duplicates: number;
  /** Valid, unique, in E.164 form. */
  readonly recipients: readonly string[];
  readonly invalid: readonly { readonly value: string; readonly reason: string }[];
  /**
   * Decides who of those who may be texted goes with whom. `now` in milliseconds since 1970. What it throws undoes the
   * acceptance.
   */
  readonly plan: (recipients: readonly string[], now: number) => AcceptancePlan;
  readonly idempotency: { readonly key: string; readonly requestHash: string } | null;
  /** How long the caller will wait, if the broadcast turns out to be a single call; it then fails fast. */
  readonly waitMs: number;
};

export type AcceptancePlan = {
  readonly batches: readonly NewBatch[];
  readonly countries: readonly CountryShare[];
  /** Of the estimated cost. */
  readonly currency: string | null;
};

export type NewBatch = PlannedBatch & {
  /** Unguessable, for its callbacks. */
  readonly token: string;
};

export type Accepted =
  | { readonly kind: 'created' }
  /** This very broadcast was accepted already: an earlier try was committed after all. */
  | { readonly kind: 'repeated' }
  /** The idempotency key was used before, by a broadcast that did not fail entirely. */
  | {
      readonly kind: 'known';
      readonly id: string;
      readonly sameRequest: boolean;
      /** Its caller still waits for the answer. */
      readonly isAnswering: boolean;
      readonly firstAnswer: string | null;
    };

export type AcceptStore = {
  /** Who of these people is on the opt-out list now. */
  optedOutAmong(numbers: readonly string[]): Promise<Set<string>>;
  /** Writes the broadcast whole or not at all; when it returns, no crash can lose it. */
  accept(broadcast: NewBroadcast): Promise<Accepted>;
  keepFirstAnswer(id: string, answer: string): Promise<void>;
};

const UNIQUE_VIOLATION = '23505';
/** PostgreSQL names the constraint, SQLite the column. */
const isTaken = (error: unknown, column: string) =>
  error instanceof Error &&
  'code' in error &&
  ((error.code === UNIQUE_VIOLATION && error.message.includes(`"broadcasts_${column}_key"`)) ||
    (error.code === 'SQLITE_CONSTRAINT_UNIQUE' && error.message.endsWith(`broadcasts.${column}`)));

const OPT_OUT_CHUNK = 10_000;
const BATCH_CHUNK = 50;

export function createAcceptStore({ db, engine }: Database): AcceptStore {
  return {
    optedOutAmong: (numbers) => optedOutAmong(db, engine, numbers),
    async accept(broadcast) {
      const attempt = () => inTransaction(db, (tx) => accept(tx, engine, broadcast));
      // Two requests with one key at the same moment: the database lets one in, and the other then finds it.
      return await attempt().catch((error: unknown) => {
        if (isTaken(error, 'idempotency_key')) return attempt();
        if (isTaken(error, 'id')) return { kind: 'repeated' };
        throw error;
      });
    },
    async keepFirstAnswer(id, answer) {
      await db.updateTable('broadcasts').set({ first_answer: answer }).where('id', '=', id).execute();
    },
  };
}

async function accept(tx: Transaction<Schema>, engine: Engine, broadcast: NewBroadcast): Promise<Accepted> {
  const known = await findKnown(tx, engine, broadcast.idempotency);
  if (known?.kind === 'known' && known.id === broadcast.id) return { kind: 'repeated' };
  if (known !== null) return known;

  const optedOut = await optedOutAmong(tx, engine, broadcast.recipients);
  const texted =
    optedOut.size === 0 ? broadcast.recipients : broadcast.recipients.filter((number) => !optedOut.has(number));
  const now = await readClock(tx, engine);
  const plan = broadcast.plan(texted, now);

  const broadcastKey = await insertBroadcast(tx, engine, broadcast, {
    plan,
    now,
    accepted: texted.length,
    optedOut: optedOut.size,
  });
  await insertLeftOut(tx, engine, broadcastKey, [
    ...broadcast.invalid.map(({ value, reason }) => ({ value, status: 'invalid', reason })),
    ...[...optedOut].map((value) => ({ value, status: 'optedOut', reason: null })),
  ]);
  await insertBatches(tx, engine, broadcastKey, broadcast, plan.batches);
  await insertCountries(tx, engine, broadcastKey, plan.countries);
  return { kind: 'created' };
}

async function readClock(tx: Transaction<Schema>, engine: Engine): Promise<number> {
  const found = await sql<{ now: number }>`select ${engine.now} as now`.execute(tx);
  return found.rows[0]?.now ?? 0;
}

/** A key whose broadcast failed entirely is free again: it is taken from that broadcast. */
async function findKnown(
  tx: Transaction<Schema>,
  engine: Engine,
  idempotency: NewBroadcast['idempotency'],
): Promise<Accepted | null> {
  if (idempotency === null) return null;
  const found = await sql<{
    id: string;
    status: string;
    request_hash: string;
    first_answer: string | null;
    is_waiting: boolean | number | null;
  }>`
    select id, status, request_hash, first_answer, waiting_until > ${engine.now} as is_waiting
    from broadcasts where idempotency_key = ${idempotency.key} ${engine.forUpdate}`.execute(tx);
  const row = found.rows[0];
  if (row === undefined) return null;
  if (row.status === 'failed') {
    await tx.updateTable('broadcasts').set({ idempotency_key: null }).where('id', '=', row.id).execute();
    return null;
  }
  return {
    kind: 'known',
    id: row.id,
    sameRequest: row.request_hash === idempotency.requestHash,
    isAnswering: Boolean(row.is_waiting),
    firstAnswer: row.first_answer,
  };
}

async function optedOutAmong(tx: Kysely<Schema>, engine: Engine, numbers: readonly string[]): Promise<Set<string>> {
  const optedOut = new Set<string>();
  const anybody = await tx.selectFrom('opt_outs').select('recipient_number').limit(1).execute();
  if (anybody.length === 0) return optedOut;
  for (let from = 0; from < numbers.length; from += OPT_OUT_CHUNK) {
    const found = await sql<{ value: string }>`
      select r.value from ${engine.stringRows(numbers.slice(from, from + OPT_OUT_CHUNK))} as r
      where exists (select 1 from opt_outs o where o.recipient_number = r.value)`.execute(tx);
    for (const row of found.rows) optedOut.add(row.value);
  }
  return optedOut;
}

async function insertBroadcast(
  tx: Transaction<Schema>,
  engine: Engine,
  broadcast: NewBroadcast,
  counts: { plan: AcceptancePlan; now: number; accepted: number; optedOut: number },
): Promise<number> {
  const { batches } = counts.plan;
  const isScheduled = broadcast.scheduledAt !== null && broadcast.scheduledAt > counts.now;
  const heldUntil = batches.reduce((latest, { notBefore }) => Math.max(latest, notBefore ?? 0), 0);
  // Whoever waits for a call that is hours away waits in vain.
  const isAwaited = batches.length === 1 && heldUntil === 0 && !isScheduled && broadcast.waitMs > 0;
  const inserted = await tx
    .insertInto('broadcasts')
    .values({
      id: broadcast.id,
      name: broadcast.name,
      message_text: broadcast.text,
      sender: broadcast.sender,
      powerpack_uuid: broadcast.powerpackUuid,
      expiry_seconds: broadcast.expirySeconds,
      encoding: broadcast.encoding,
      segments_per_message: broadcast.segmentsPerMessage,
      media_urls: broadcast.mediaUrls === null ? null : JSON.stringify(broadcast.mediaUrls),
      quiet_hours: broadcast.quietHours,
      text_hash: broadcast.textHash,
      held_until: heldUntil === 0 ? null : heldUntil,
      held_batches: heldUntil === 0 ? 0 : batches.filter(({ notBefore }) => notBefore === heldUntil).length,
      currency: counts.plan.currency,
      // With nobody left to text there is nothing to wait for.
      status: batches.length === 0 ? 'completed' : isScheduled ? 'scheduled' : 'queued',
      submitted: broadcast.submitted,
      duplicates: broadcast.duplicates,
      accepted: counts.accepted,
      invalid_at_acceptance: broadcast.invalid.length,
      opted_out_at_acceptance: counts.optedOut,
      recipients_queued: counts.accepted,
      recipients_sent: 0,
      recipients_delivered: 0,
      recipients_undelivered: 0,
      recipients_failed: 0,
      recipients_invalid: broadcast.invalid.length,
      recipients_opted_out: counts.optedOut,
      recipients_cancelled: 0,
      recipients_unknown: 0,
      batches_total: batches.length,
      batches_pending: batches.length,
      batches_sending: 0,
      batches_sent: 0,
      batches_unconfirmed: 0,
      batches_held: 0,
      batches_failed: 0,
      batches_cancelled: 0,
      idempotency_key: broadcast.idempotency?.key ?? null,
      request_hash: broadcast.idempotency?.requestHash ?? null,
      first_answer: null,
      waiting_until: isAwaited ? sql<number>`${engine.now} + ${broadcast.waitMs}` : null,
      turn_at: engine.now,
      failed_in_a_row: 0,
      pause_reason: null,
      created_at: engine.now,
      scheduled_at: broadcast.scheduledAt,
      processed_at: batches.length === 0 ? engine.now : null,
      status_updated_at: engine.now,
    })
    .returning('broadcast_key')
    .executeTakeFirstOrThrow();
  return inserted.broadcast_key;
}

/** Those who are in no batch are recorded too: nobody is ever missing from the sum. */
async function insertLeftOut(
  tx: Transaction<Schema>,
  engine: Engine,
  broadcastKey: number,
  leftOut: readonly { value: string; status: string; reason: string | null }[],
): Promise<void> {
  for (let from = 0; from < leftOut.length; from += OPT_OUT_CHUNK) {
    const rows = leftOut.slice(from, from + OPT_OUT_CHUNK).map((row, index) => ({ ...row, position: from + index }));
    await sql`
      insert into broadcast_recipients
        (broadcast_key, batch_number, position, recipient_number, status, error_reason, status_updated_at)
      select ${broadcastKey}, 0, r.position, r.value, r.status, r.reason, ${engine.now}
      from ${engine.recordRows(rows, { value: 'text', status: 'text', reason: 'text', position: 'integer' })} as r`.execute(
      tx,
    );
  }
}

async function insertBatches(
  tx: Transaction<Schema>,
  engine: Engine,
  broadcastKey: number,
  broadcast: NewBroadcast,
  batches: readonly NewBatch[],
): Promise<void> {
  for (let from = 0; from < batches.length; from += BATCH_CHUNK) {
    const rows = batches.slice(from, from + BATCH_CHUNK).map((batch, index) => {
      const { sender, powerpackUuid } = ownOrigin(batch, broadcast);
      return sql`(${broadcastKey}, ${from + index + 1}, ${batch.recipients.length}, ${JSON.stringify(batch.recipients)},
                  'pending', ${engine.now}, ${batch.token}, ${engine.now}, ${sender}, ${powerpackUuid},
                  ${batch.zones === null ? null : JSON.stringify(batch.zones)}, ${batch.notBefore})`;
    });
    await sql`
      insert into batches (broadcast_key, number, size, recipients, status, next_attempt_at, callback_token,
        status_updated_at, sender, powerpack_uuid, zones, not_before)
      values ${sql.join(rows)}`.execute(tx);
  }
}

/** Kept with the batch only where it is not the broadcast's. */
function ownOrigin({ origin }: NewBatch, broadcast: NewBroadcast) {
  if ('powerpackUuid' in origin) {
    return {
      sender: null,
      powerpackUuid: origin.powerpackUuid === broadcast.powerpackUuid ? null : origin.powerpackUuid,
    };
  }
  return { sender: origin.sender === broadcast.sender ? null : origin.sender, powerpackUuid: null };
}

async function insertCountries(
  tx: Transaction<Schema>,
  engine: Engine,
  broadcastKey: number,
  countries: readonly CountryShare[],
): Promise<void> {
  if (countries.length === 0) return;
  const columns = { country: 'text', recipients: 'integer', segments: 'bigint', nanos: 'bigint' } as const;
  await sql`
    insert into broadcast_countries (broadcast_key, country, recipients, segments, estimated_nanos)
    select ${broadcastKey}, c.country, c.recipients, c.segments, c.nanos
    from ${engine.recordRows(countries, columns)} as c`.execute(tx);
}
