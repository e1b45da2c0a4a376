import type { CallbackAnswer } from './callback';
import type { CallbackPoster } from './callbackPoster';
import { intentOf } from '../messages/optOuts';
import type { Intent, OptOuts } from '../messages/optOuts';
import { stripNumber } from '../formats/phoneDigits';
import type { SeededRandom } from '../clockwork/seededRandom';
import type { CallbackMethod } from '../formats/signatures';
import { countUnits } from '../formats/units';

export type InboundText = {
  /** The person who writes. */
  from: string;
  /** One of the account's numbers. */
  to: string;
  text: string;
  /** The message URL of the Plivo application, that is, of the service under test. */
  url: string;
  /** How the Plivo application is set to call; POST where not given. */
  method?: CallbackMethod;
  /** Plivo's reading of the text; worked out from the text when not given. */
  intent?: Intent;
};

export type Handset = {
  /**
   * Gives the first answer, or status 0 with the reason when there was none. Like a status callback, a text that got
   * no 2xx is posted again later.
   */
  write(inbound: InboundText): Promise<CallbackAnswer>;
  /** Latest first. */
  received(): readonly ReceivedText[];
  /** Answers all that still wait with status 0, and forgets what was written. */
  clear(): void;
};

/** A text that the account got, as its list shows it: without its words. */
export type ReceivedText = { uuid: string; from: string; to: string; units: number; at: number };

export type HandsetDeps = { poster: CallbackPoster; optOuts: OptOuts; random: SeededRandom };

/** People's phones: their texts reach the service as Plivo posts them. */
export function createHandset({ poster, optOuts, random }: HandsetDeps): Handset {
  const waiting = new Set<(answer: CallbackAnswer) => void>();
  const received: ReceivedText[] = [];
  return {
    write: (inbound) => {
      const intent = inbound.intent ?? intentOf(inbound.text);
      optOuts.heard(intent, inbound.from, inbound.to);
      const uuid = random.uuid();
      const fields = inboundFields(inbound, intent, uuid);
      const [from, to] = [stripNumber(inbound.from), stripNumber(inbound.to)];
      received.unshift({ uuid, from, to, units: countUnits(inbound.text).units, at: Date.now() });
      return new Promise((resolve) => {
        waiting.add(resolve);
        const answered = (answer: CallbackAnswer): void => {
          waiting.delete(resolve);
          resolve(answer);
        };
        poster.post({
          url: inbound.url,
          method: inbound.method ?? 'POST',
          attempts: 0,
          fields: () => fields,
          answered,
        });
      });
    },
    received: () => received,
    clear: () => {
      received.length = 0;
      for (const resolve of waiting) resolve({ status: 0, body: 'the simulator was reset or stopped' });
      waiting.clear();
    },
  };
}

/** https://www.plivo.com/docs/messaging/api/message/handling-incoming */
function inboundFields(inbound: InboundText, intent: Intent, uuid: string): Record<string, string> {
  return {
    MessageUUID: uuid,
    From: stripNumber(inbound.from),
    To: stripNumber(inbound.to),
    Text: inbound.text,
    Type: 'sms',
    Units: String(countUnits(inbound.text).units),
    TotalRate: '0.00000',
    TotalAmount: '0.00000',
    MessageIntent: intent,
  };
}
