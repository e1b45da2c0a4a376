import { sql, type Transaction } from 'kysely';
import type { DeliveryStatus } from '../../domain/states/webhookEvent';
import { webhookRetryInMs } from '../../domain/time/webhookRetries';
import type { Engine } from '../engine/engine';
import type { Schema, WebhookDeliveriesTable } from '../engine/schema';
import { forgetOldFailures, noteRefused, noteTaken, PUT_ASIDE } from './addressStore';
import type { ClaimedDelivery } from './deliveryClaim';
import { withoutPerson } from '../state/erasedNews';
import type { DeliveryAttempt } from './deliveryReading';

export type Settled = {
  readonly status: DeliveryStatus;
  /** The address was put aside for it: nothing was taken there for days. */
  readonly isPutAside: boolean;
};

/** Of one delivery, the latest tries are kept. */
const MOST_ATTEMPTS = 50;

/** Writes down how a try ended; null where its lease had run out and the delivery is another's. */
export async function settle(
  tx: Transaction<Schema>,
  engine: Engine,
  { key, leaseId, url }: ClaimedDelivery,
  attempt: DeliveryAttempt,
): Promise<Settled | null> {
  const found = await sql<TriedRow>`
    select tries, attempts, broadcast_key, event, recipient_number, payload from webhook_deliveries
    where delivery_key = ${key} and lease_id = ${leaseId} ${engine.forUpdate}`.execute(tx);
  const [row] = found.rows;
  if (row === undefined) return null;
  // Only tries that came to an end count: what a crash cut off is no fault of the address.
  const tries = row.tries + 1;
  const attempts = [...(JSON.parse(row.attempts) as DeliveryAttempt[]), attempt].slice(-MOST_ATTEMPTS);
  const { status, retryInMs, reason, isPutAside } = await endOf(tx, engine, { key, url, tries, attempt });
  await sql`
    update webhook_deliveries
    set status = ${status}, tries = ${tries}, attempts = ${JSON.stringify(attempts)}, next_attempt_at = ${engine.now} + ${retryInMs},
      error_reason = ${reason}, status_updated_at = ${engine.now}, lease_id = null, lease_expires_at = null
    where delivery_key = ${key}`.execute(tx);
  if (status !== 'pending' && isOfErased(row))
    await sql`
      update webhook_deliveries set payload = ${withoutPerson(row.payload)} where delivery_key = ${key}`.execute(tx);
  if (status !== 'pending' && row.broadcast_key !== null) await callNext(tx, engine, row.broadcast_key, url);
  return { status, isPutAside };
}

type TriedRow = Pick<WebhookDeliveriesTable, 'broadcast_key' | 'event' | 'recipient_number' | 'payload'> & {
  readonly tries: number;
  readonly attempts: string;
};

/** Their wish to stop has been told now, or will not be. */
const isOfErased = ({ event, recipient_number: number }: TriedRow): boolean =>
  event === 'recipient.opted_out' && number === null;

type End = {
  readonly status: DeliveryStatus;
  readonly retryInMs: number;
  readonly reason: string | null;
  readonly isPutAside: boolean;
};

type Tried = {
  readonly key: number;
  readonly url: string;
  readonly tries: number;
  readonly attempt: DeliveryAttempt;
};

async function endOf(tx: Transaction<Schema>, engine: Engine, { key, url, tries, attempt }: Tried): Promise<End> {
  if (attempt.error === null) {
    await noteTaken(tx, url);
    return { status: 'delivered', retryInMs: 0, reason: null, isPutAside: false };
  }
  if (tries === 1) await forgetOldFailures(tx, engine, url, key);
  const address = await noteRefused(tx, engine, url);
  const isPutAside = address === 'put aside now';
  if (address !== 'tried on') return { status: 'failed', retryInMs: 0, reason: PUT_ASIDE, isPutAside };
  const retryInMs = webhookRetryInMs(tries);
  if (retryInMs === null) return { status: 'failed', retryInMs: 0, reason: TRIES_USED_UP, isPutAside };
  return { status: 'pending', retryInMs, reason: null, isPutAside };
}

/** What waited for this one waits no longer. */
async function callNext(tx: Transaction<Schema>, engine: Engine, broadcastKey: number, url: string): Promise<void> {
  await sql`
    update webhook_deliveries set next_attempt_at = ${engine.now}
    where lease_id is null and delivery_key = (
      select min(delivery_key) from webhook_deliveries
      where status = 'pending' and broadcast_key = ${broadcastKey} and url = ${url})`.execute(tx);
}

const TRIES_USED_UP = 'It was tried for more than a day, and not taken.';
