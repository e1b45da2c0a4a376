import { isFinal } from './message';
import type { Message, MessageState } from './message';
import type { SeededRandom } from '../clockwork/seededRandom';
import type { SimulatorSettings } from '../behaviour/settings';
import { createSendQueues } from './sendQueues';
import { Timeline } from '../clockwork/timeline';

/**
 * Codes for texts that fail by chance: only such as say something about one number, none that concerns the account
 * (https://www.plivo.com/docs/messaging/troubleshooting/error-codes).
 */
const UNDELIVERED_CODES = [20, 50, 70, 80];
const FAILED_CODES = [50, 90, 1000];
const BLOCKED_BY_RECIPIENT = 200;
const EXPIRED_IN_QUEUE = 420;
const NO_CREDIT = 900;

/** A changed rate or expiry is noticed after at most this long. */
const LONGEST_SLEEP_MS = 1000;

export type DeliveryDeps = {
  settings: SimulatorSettings;
  random: SeededRandom;
  /** Whether the recipient said STOP to this message's source. */
  isBlocked: (message: Message) => boolean;
  /** Pays for a message that is about to be sent; false where the account cannot. */
  pays: (message: Message) => boolean;
  /** Called after each change of a message's state. */
  changed: (message: Message) => void;
};

export type Delivery = {
  take(messages: readonly Message[]): void;
  /** Messages that are not final yet. */
  moving(): number;
  clear(): void;
};

/** Moves messages from queued over sent to their end; the queues are drained in order, at the rates of account and senders. */
export function createDelivery(deps: DeliveryDeps): Delivery {
  const { settings, random } = deps;
  const queues = createSendQueues(settings);
  const underWay = new Timeline<Message>(step);
  const wakeUps = new Timeline<null>(drain);

  function drain(): void {
    const now = performance.now();
    dropExpired(now);
    for (let message = queues.take(now); message; message = queues.take(now)) {
      underWay.add(now + stepDelayMs(), message);
      dropExpired(now);
    }
    sleepUntilNext(now);
  }

  function dropExpired(now: number): void {
    for (let expired = queues.heads().filter((head) => hasExpired(head, now)); expired.length > 0;) {
      for (const message of expired) {
        queues.drop(message);
        finish(message, 'failed', EXPIRED_IN_QUEUE, now);
      }
      expired = queues.heads().filter((head) => hasExpired(head, now));
    }
  }

  /** Only each head's expiry is watched: messages with a shorter expiry behind it wait for it to leave. */
  function sleepUntilNext(now: number): void {
    if (queues.size() === 0 || wakeUps.size > 0) return;
    const expiries = queues.heads().map((head) => head.send.acceptedTick + (expiryOf(head) ?? Infinity));
    wakeUps.add(Math.min(queues.nextAt(), ...expiries, now + LONGEST_SLEEP_MS), null);
  }

  function step(message: Message): void {
    const now = performance.now();
    if (message.state === 'sent') {
      if (random.chance(settings.undeliveredShare)) finish(message, 'undelivered', pick(UNDELIVERED_CODES), now);
      else finish(message, 'delivered', 0, now);
    } else if (deps.isBlocked(message)) {
      finish(message, 'failed', BLOCKED_BY_RECIPIENT, now);
    } else if (random.chance(settings.failedShare)) {
      finish(message, 'failed', pick(FAILED_CODES), now);
    } else if (!deps.pays(message)) {
      finish(message, 'failed', NO_CREDIT, now);
    } else {
      message.sentAfterMs = Math.round(now - message.send.acceptedTick);
      message.state = 'sent';
      underWay.add(now + stepDelayMs(), message);
      deps.changed(message);
    }
  }

  function finish(message: Message, state: MessageState, errorCode: number, now: number): void {
    message.state = state;
    message.errorCode = errorCode;
    message.settledAfterMs = Math.round(now - message.send.acceptedTick);
    deps.changed(message);
  }

  function expiryOf(message: Message): number | null {
    return message.send.expiryMs ?? settings.expiryMs;
  }

  function hasExpired(message: Message, now: number): boolean {
    const expiryMs = expiryOf(message);
    return expiryMs !== null && now - message.send.acceptedTick >= expiryMs;
  }

  function stepDelayMs(): number {
    return settings.deliveryDelayMs * (0.5 + random.next());
  }

  function pick(codes: readonly number[]): number {
    return codes[random.whole(codes.length)] ?? 1000;
  }

  return {
    take: (messages) => {
      for (const message of messages) if (!isFinal(message.state)) queues.push(message);
      drain();
    },
    moving: () => queues.size() + underWay.size,
    clear: () => {
      queues.clear();
      underWay.clear();
      wakeUps.clear();
    },
  };
}
