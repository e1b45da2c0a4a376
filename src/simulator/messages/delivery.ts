import { Fifo } from '../clockwork/fifo';
import { isFinal } from './message';
import type { Message, MessageState } from './message';
import type { SeededRandom } from '../clockwork/seededRandom';
import type { SimulatorSettings } from '../behaviour/settings';
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

/**
 * Moves messages from queued over sent to their end. The account's queue is drained in order at its rate; a token
 * for each unit is simply time that must pass, so nothing is counted per second.
 */
export function createDelivery(deps: DeliveryDeps): Delivery {
  const { settings, random } = deps;
  const queue = new Fifo<Message>();
  const underWay = new Timeline<Message>(step);
  const wakeUps = new Timeline<null>(drain);
  let accountFreeAt = 0;

  function drain(): void {
    const now = performance.now();
    for (let message = queue.peek(); message; message = queue.peek()) {
      if (hasExpired(message, now)) {
        queue.shift();
        finish(message, 'failed', EXPIRED_IN_QUEUE, now);
        continue;
      }
      if (settings.messagesPerSecond > 0) {
        if (accountFreeAt > now) break;
        accountFreeAt += (message.send.units * 1000) / settings.messagesPerSecond;
      }
      queue.shift();
      underWay.add(now + stepDelayMs(), message);
    }
    sleepUntilNext(now);
  }

  /** Only the head's expiry is watched: messages with a shorter expiry behind it wait for it to leave. */
  function sleepUntilNext(now: number): void {
    const head = queue.peek();
    if (!head || wakeUps.size > 0) return;
    const expiresAt = head.send.acceptedTick + (expiryOf(head) ?? Infinity);
    wakeUps.add(Math.min(accountFreeAt, expiresAt, now + LONGEST_SLEEP_MS), null);
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
      // Time in which there was nothing to send is not saved up.
      if (queue.size === 0) accountFreeAt = Math.max(accountFreeAt, performance.now());
      for (const message of messages) if (!isFinal(message.state)) queue.push(message);
      drain();
    },
    moving: () => queue.size + underWay.size,
    clear: () => {
      queue.clear();
      underWay.clear();
      wakeUps.clear();
      accountFreeAt = 0;
    },
  };
}
