import type { Chance } from '../clockwork/chance';
import type { Timeline } from '../clockwork/timeline';
import { BEGINNING } from '../clockwork/wallClock';
import { settlingOf, type Settling } from './answers';
import type { Message, Report, SendCall } from './message';
import { planDelivery } from './delivery';
import type { PlivoNature } from './plivoNature';

export type PlivoAccount = {
  /**
   * What becomes of a request that has arrived and meets no refusal. `share`: of the people, so many are taken, and two at the
   * least: one alone cannot be told from somebody whom other software texted.
   */
  take(call: SendCall, share?: number): Settling;
  /** Other software on the account texts somebody. */
  textAsOther(to: string, from: string): void;
  readonly messages: readonly Message[];
  /** Whether it refused requests that held the person, and them alone. */
  now(): number;
};

export type PlivoAccountDeps = {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly nature: PlivoNature;
  readonly post: (report: Report) => void;
};

const OTHERS_TEXT = 'of others';
const REPLACED_SENDER = '13125550000';
const POWERPACK_SENDERS = ['14155550101', '14155550102', '14155550103'] as const;

/** Plivo's side: takes what is sent, keeps a ledger of it, delivers it and reports. It knows nothing of the service. */
export function createPlivoAccount({ timeline, chance, nature, post }: PlivoAccountDeps): PlivoAccount {
  const messages: Message[] = [];
  const now = () => BEGINNING + Math.floor(timeline.now() + nature.clockOffsetMs);

  function keep(to: string, from: string, call: Pick<SendCall, 'text' | 'callbackUrl' | 'powerpackUuid'>): Message {
    const isLagging = chance.happens(nature.lag.share);
    const message: Message = {
      uuid: `${chance.word(8)}-${chance.word(4)}-${chance.word(12)}`,
      to,
      from,
      shownFrom: chance.happens(nature.replacedSenderShare) ? REPLACED_SENDER : from,
      powerpackUuid: call.powerpackUuid,
      text: call.text,
      isOthers: call.text === OTHERS_TEXT,
      at: now(),
      visibleAt: timeline.now() + (isLagging ? nature.lag.ms : 0),
      callbackUrl: call.callbackUrl,
      state: 'queued',
      errorCode: null,
      endedAt: null,
    };
    messages.push(message);
    return message;
  }

  function deliver(message: Message): void {
    for (const { afterMs, ...step } of planDelivery(chance)) {
      timeline.after(afterMs, null, () => {
        message.state = step.state;
        if (step.state !== 'sent') message.endedAt = timeline.now();
        message.errorCode = step.errorCode;
        if (message.callbackUrl !== null) post({ message, ...step });
      });
    }
  }

  function senderOf({ from }: SendCall): string {
    return from ?? chance.pick(POWERPACK_SENDERS);
  }

  return {
    messages,
    now,
    take(call, share = 1) {
      const to = [...new Set(call.to)];
      for (const person of to) {
        const status = nature.barredPeople.get(person);
        if (status !== undefined) return settlingOf(status);
      }
      const invalid = to.filter((person) => nature.invalidPeople.has(person));
      const valid = to.filter((person) => !nature.invalidPeople.has(person));
      // Of a call with nobody valid in it, Plivo makes no messages.
      if (valid.length === 0) return settlingOf('all invalid');
      const taken = share === 1 ? valid : valid.filter((_, place) => place < Math.max(2, valid.length * share));
      const made = taken.map((person) => keep(person, senderOf(call), call));
      for (const message of made) deliver(message);
      // In no order that means anything.
      const uuids = made.map(({ uuid }) => uuid).sort();
      return { kind: 'resolves', value: answerOf(uuids, invalid, nature.invalidAs) };
    },
    textAsOther(to, from) {
      keep(to, from, { text: OTHERS_TEXT, callbackUrl: null, powerpackUuid: null }).state = 'delivered';
    },
  };
}

/** As the SDK hands it on. */
const answerOf = (uuids: readonly string[], invalid: readonly string[], as: 'text' | 'number') => ({
  apiId: 'api',
  message: 'message(s) queued',
  messageUuid: uuids,
  ...(invalid.length === 0 ? {} : { invalid_number: as === 'text' ? invalid : invalid.map(Number) }),
});
