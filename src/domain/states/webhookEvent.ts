/** What other programs can be told. */
export const WEBHOOK_EVENTS = [
  'broadcast.completed',
  'broadcast.partially_failed',
  'broadcast.failed',
  'broadcast.cancelled',
  'broadcast.paused',
  'broadcast.awaiting_approval',
  'recipient.opted_out',
  'inbound.received',
  'inbound.needs_review',
  'account.fault',
  'recipients.updated',
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** Told unless somebody says otherwise: `recipients.updated` comes in as many groups as delivery reports do. */
export const USUAL_WEBHOOK_EVENTS: readonly WebhookEvent[] = WEBHOOK_EVENTS.filter(
  (event) => event !== 'recipients.updated',
);

/** What is told of a broadcast that has come into a state; null for nothing. */
export const eventOfStatus = (status: string): WebhookEvent | null =>
  WEBHOOK_EVENTS.find((event) => event === `broadcast.${status}`) ?? null;

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];
