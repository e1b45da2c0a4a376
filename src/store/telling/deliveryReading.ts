import type { Selectable } from 'kysely';
import type { DeliveryStatus, WebhookEvent } from '../../domain/states/webhookEvent';
import type { WebhookDeliveriesTable } from '../engine/schema';

/** A try to tell somebody. Times in milliseconds since 1970. */
export type DeliveryAttempt = {
  readonly at: number;
  /** What was answered; null where nothing was. */
  readonly status: number | null;
  /** Why that is a failure; null where it is none. */
  readonly error: string | null;
  readonly durationMs: number;
};

/** Something that somebody is told, and what became of it. */
export type Delivery = {
  readonly key: number;
  readonly id: string;
  readonly event: WebhookEvent;
  readonly url: string;
  /** Of the address: scheme, host and port. */
  readonly origin: string;
  readonly broadcastId: string | null;
  /** JSON, to the letter as it is sent and signed. */
  readonly payload: string;
  readonly status: DeliveryStatus;
  /** The latest last. */
  readonly attempts: readonly DeliveryAttempt[];
  readonly errorReason: string | null;
  readonly nextAttemptAt: number;
  readonly createdAt: number;
  readonly statusUpdatedAt: number;
};

export const toDelivery = (row: Selectable<WebhookDeliveriesTable>): Delivery => ({
  key: row.delivery_key,
  id: row.id,
  event: row.event,
  url: row.url,
  origin: row.origin,
  broadcastId: row.broadcast_id,
  payload: row.payload,
  status: row.status,
  attempts: JSON.parse(row.attempts) as DeliveryAttempt[],
  errorReason: row.error_reason,
  nextAttemptAt: row.next_attempt_at,
  createdAt: row.created_at,
  statusUpdatedAt: row.status_updated_at,
});
