import type { Callback } from './callback';
import type { CallbackPoster } from './callbackPoster';
import { isFinal, sourceOf } from '../messages/message';
import type { Message, MessageState } from '../messages/message';
import { priceOf } from '../messages/prices';
import { callbackTime } from '../formats/plivoTime';
import type { SeededRandom } from '../clockwork/seededRandom';
import type { SimulatorSettings } from '../behaviour/settings';
import type { CallbackMethod } from '../formats/signatures';

export type StatusCallbacksDeps = {
  settings: SimulatorSettings;
  random: SeededRandom;
  poster: Pick<CallbackPoster, 'post'>;
  uuidOf: (index: number) => string;
};

export type StatusCallbacks = {
  /** Reports the message's present state to the address its send named, if any. */
  report(message: Message): void;
  /** Callbacks held back for later ones to pass. */
  held(): number;
  clear(): void;
};

/** Turns changes of messages into callbacks, and plays the net's tricks on them: loss, doubles, wrong order. */
export function createStatusCallbacks({ settings, random, poster, uuidOf }: StatusCallbacksDeps): StatusCallbacks {
  const held = new Map<Message, StatusCallback[]>();

  function releaseAfter(message: Message): void {
    const waiting = held.get(message);
    held.delete(message);
    for (const callback of waiting ?? []) post(callback);
  }

  function post(callback: StatusCallback): void {
    if (random.chance(settings.callbackLossShare)) {
      callback.answered();
      return;
    }
    poster.post(callback);
    if (random.chance(settings.callbackDuplicateShare)) poster.post(callback.copy());
  }

  return {
    report: (message) => {
      if (message.send.url === null) return;
      message.sequence += 1;
      const isLast = isFinal(message.state);
      // Held ones are let go after the first attempt at the last one, so they do arrive after it.
      const release = isLast && held.has(message) ? () => releaseAfter(message) : null;
      const callback = new StatusCallback(message, message.send.url, { uuidOf, settings }, release);
      if (isLast || !random.chance(settings.callbackReorderShare)) post(callback);
      else held.set(message, [...(held.get(message) ?? []), callback]);
    },
    held: () => {
      let count = 0;
      for (const callbacks of held.values()) count += callbacks.length;
      return count;
    },
    clear: () => held.clear(),
  };
}

/** A snapshot of the message's state; the rest is read from the message when the callback is posted. */
class StatusCallback implements Callback {
  attempts = 0;
  private readonly state: MessageState;
  private readonly sequence: number;

  constructor(
    private readonly message: Message,
    readonly url: string,
    private readonly deps: Pick<StatusCallbacksDeps, 'uuidOf' | 'settings'>,
    private release: (() => void) | null,
  ) {
    this.state = message.state;
    this.sequence = message.sequence;
  }

  get method(): CallbackMethod {
    return this.message.send.method;
  }

  answered(): void {
    const release = this.release;
    this.release = null;
    release?.();
  }

  copy(): StatusCallback {
    const copy = new StatusCallback(this.message, this.url, this.deps, null);
    return Object.assign(copy, { state: this.state, sequence: this.sequence });
  }

  /** Names as documented: https://www.plivo.com/docs/messaging/api/message/message-status-callbacks. */
  fields(): Record<string, string> {
    const { message, state } = this;
    const { send } = message;
    const uuid = this.deps.uuidOf(message.index);
    const { rate, amount } = priceOf(message, this.deps.settings);
    const at = (afterMs: number): string => callbackTime(send.acceptedAt + afterMs);
    const fields: Record<string, string> = {
      MessageUUID: uuid,
      To: message.to,
      From: sourceOf(send, message.to),
      Type: send.type,
      Status: state,
      Units: String(send.units),
      TotalRate: rate,
      TotalAmount: amount,
      MCC: '310',
      MNC: '260',
      ParentMessageUUID: uuid,
      PartInfo: '1 of 1',
      Sequence: String(this.sequence),
      MessageTime: at(0),
      QueuedTime: at(0),
      requester_ip: send.requesterIp,
    };
    if (state !== 'queued' && message.sentAfterMs >= 0) fields['SentTime'] = at(message.sentAfterMs);
    if (isFinal(state)) fields['DeliveryReportTime'] = at(message.settledAfterMs);
    if (state === 'failed' || state === 'undelivered') fields['ErrorCode'] = String(message.errorCode);
    if (send.powerpackUuid !== null) fields['PowerpackUUID'] = send.powerpackUuid;
    return fields;
  }
}
