import { Gauge, type Registry } from 'prom-client';
import { NANOS } from '../../domain/money/money';
import type { Pace } from '../../domain/time/pacing';
import type { PoolStand } from '../../store/engine/database';
import type { Stand } from '../../store/reading/standStore';

/** What the account had, in billionths, and when, in milliseconds since 1970. */
export type Balance = { readonly nanos: number; readonly readAt: number };

/** Everything that is looked up when somebody asks; texts are codes of faults. */
export type Look = {
  readonly stand: Stand;
  readonly dispatchFault: string | null;
  readonly listFault: string | null;
  /** How long Plivo is busy with what it was handed: for the account, and for the sender that has most. */
  readonly queueMs: { readonly account: number; readonly sender: number };
  /** What this process itself was told last; null where it has not asked. */
  readonly balance: Balance | null;
};

export type StandMetrics = {
  show(look: Look): void;
  showPool(pool: PoolStand | null): void;
  /** Nothing is known at this moment. */
  clear(): void;
};

type GaugeOf = (name: string, help: string, labelNames?: string[]) => Gauge;

/** What is in the database, as it stands when somebody looks. */
export function measureStand(registers: Registry[], { pace }: { readonly pace: Pace | null }): StandMetrics {
  const forgets: (() => void)[] = [];
  const gauge: GaugeOf = (name, help, labelNames = []) => {
    const made = new Gauge({ name, help, labelNames, registers });
    forgets.push(() => {
      made.reset();
      // Where nothing is known there is no number, rather than 0.
      if (labelNames.length === 0) made.remove();
    });
    return made;
  };
  const showCounts = gaugesOfCounts(gauge);
  const showWaits = gaugesOfWaits(gauge);
  const showPlivo = gaugesOfPlivo(gauge);
  const pool = gaugesOfPool(registers);
  const configured = new Gauge({
    name: 'plivo_pace_messages_per_second',
    help: 'PLIVO_MESSAGES_PER_SECOND; 0 where it is not set',
    registers,
  });
  configured.set(pace?.unitsPerSecond ?? 0);
  const clear = () => {
    for (const forget of forgets) forget();
  };
  return {
    clear,
    show(look) {
      clear();
      showCounts(look.stand);
      showWaits(look.stand);
      showPlivo(look);
    },
    showPool: pool,
  };
}

function gaugesOfCounts(gauge: GaugeOf) {
  const broadcasts = gauge('broadcaster_broadcasts', 'Broadcasts by status; of ended ones 10,000 of each at most', [
    'status',
  ]);
  const batches = gauge('broadcaster_batches', 'Batches of broadcasts that have not ended, by status', ['status']);
  const recipients = gauge('broadcaster_recipients', 'People of broadcasts that have not ended, by status', ['status']);
  const waiting = gauge(
    'broadcaster_recipients_waiting',
    'People of broadcasts that have not ended who wait for their text',
  );
  const twice = gauge('broadcaster_people_texted_twice', 'People of whom reports say that they have a second text');
  const replies = gauge('broadcaster_replies_to_review', 'Replies that a person has to read');
  const webhooks = gauge('broadcaster_webhooks_waiting', 'Webhooks that are still to be delivered, 100,000 at most');
  return (stand: Stand) => {
    for (const { status, count } of stand.broadcasts) broadcasts.set({ status }, count);
    for (const [status, count] of Object.entries(stand.batches)) batches.set({ status }, count);
    for (const [status, count] of Object.entries(stand.recipients)) recipients.set({ status }, count);
    waiting.set(stand.recipients.queued);
    twice.set(stand.textedTwice);
    replies.set(stand.replies.count);
    webhooks.set(stand.webhooks.count);
  };
}

/** 0 where nothing waits. */
function gaugesOfWaits(gauge: GaugeOf) {
  const due = gauge(
    'broadcaster_oldest_due_batch_age_seconds',
    'How long the batch has waited longest that may go now',
  );
  const unsettled = gauge(
    'broadcaster_oldest_unsettled_batch_age_seconds',
    'How long ago the oldest answer was lost that nobody knows the outcome of, by the status of its batch',
    ['status'],
  );
  const reply = gauge('broadcaster_oldest_reply_to_review_age_seconds', 'How long a person has waited to be read');
  const webhook = gauge('broadcaster_oldest_webhook_age_seconds', 'How long the oldest webhook has waited');
  const seconds = (ms: number | null) => (ms ?? 0) / 1000;
  return ({ dueForMs, unsettledForMs, replies, webhooks }: Stand) => {
    due.set(seconds(dueForMs));
    for (const [status, ms] of Object.entries(unsettledForMs)) unsettled.set({ status }, seconds(ms));
    reply.set(seconds(replies.oldestForMs));
    webhook.set(seconds(webhooks.oldestForMs));
  };
}

function gaugesOfPlivo(gauge: GaugeOf) {
  const fault = gauge('broadcaster_dispatch_fault', '1 while something keeps all texts waiting, by its code', ['code']);
  const listFault = gauge('broadcaster_message_list_fault', '1 while the message list cannot be asked, by its code', [
    'code',
  ]);
  const queue = gauge(
    'plivo_queue_seconds',
    'How long Plivo is busy with what it was handed, for the account and for the sender that has most; 0 where no rate is set',
    ['queue'],
  );
  const balance = gauge('plivo_account_balance_usd', 'What the account had when it was last asked, if ever');
  const readAt = gauge('plivo_account_balance_timestamp_seconds', 'When that was, since 1970');
  return ({ stand, dispatchFault, listFault: listCode, queueMs, balance: own }: Look) => {
    if (dispatchFault !== null) fault.set({ code: dispatchFault }, 1);
    if (listCode !== null) listFault.set({ code: listCode }, 1);
    for (const [name, ms] of Object.entries(queueMs)) queue.set({ queue: name }, ms / 1000);
    const latest = latestOf(stand.balance, own);
    if (latest === null) return;
    balance.set(latest.nanos / NANOS);
    readAt.set(latest.readAt / 1000);
  };
}

function latestOf(one: Balance | null, other: Balance | null): Balance | null {
  if (one === null || other === null) return one ?? other;
  return one.readAt > other.readAt ? one : other;
}

function gaugesOfPool(registers: Registry[]) {
  const connections = new Gauge({
    name: 'broadcaster_database_connections',
    help: 'Connections to PostgreSQL by what they do; none on SQLite',
    labelNames: ['state'],
    registers,
  });
  const most = new Gauge({ name: 'broadcaster_database_connections_max', help: 'So many it has at most', registers });
  const waiting = new Gauge({
    name: 'broadcaster_database_connection_waits',
    help: 'Who waits for a connection to be free',
    registers,
  });
  return (pool: PoolStand | null) => {
    if (pool === null) return;
    connections.set({ state: 'busy' }, pool.busy);
    connections.set({ state: 'idle' }, pool.idle);
    most.set(pool.most);
    waiting.set(pool.waiting);
  };
}
