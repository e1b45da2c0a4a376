import { Message, sourceOf } from './message';
import type { MessageState, Send } from './message';
import { createMessageUuids } from './messageUuid';
import { stripNumber } from '../formats/phoneDigits';

export type SentText = {
  messageUuid: string;
  src: string;
  text: string;
  /** Milliseconds since 1970. */
  acceptedAt: number;
  state: MessageState;
};

export type MessageStore = {
  /** Takes the texts in the given order; index, and so uuid, follows it. */
  accept(send: Send, recipients: readonly string[]): Message[];
  find(uuid: string): Message | undefined;
  uuidOf(index: number): string;
  /** Oldest first. */
  all(): readonly Message[];
  /** The ledger: how many texts Plivo took for each number. Nothing but `clear` ever lowers a count. */
  texts(): ReadonlyMap<string, number>;
  textsOf(number: string): SentText[];
  clear(): void;
};

/** `salt` as in messageUuid. */
export function createMessageStore(salt: number): MessageStore {
  const uuids = createMessageUuids(salt);
  let messages: Message[] = [];
  // Goes on counting after a clear: a uuid is never given out twice.
  let firstIndex = 0;
  const ledger = new Map<string, number>();

  return {
    accept: (send, recipients) => {
      const taken: Message[] = [];
      for (const to of recipients) {
        const message = new Message(firstIndex + messages.length, to, send);
        messages.push(message);
        taken.push(message);
        ledger.set(to, (ledger.get(to) ?? 0) + 1);
      }
      return taken;
    },
    find: (uuid) => {
      const index = uuids.indexOf(uuid);
      return index === null ? undefined : messages[index - firstIndex];
    },
    uuidOf: (index) => uuids.uuidOf(index),
    all: () => messages,
    texts: () => ledger,
    textsOf: (number) => {
      const digits = stripNumber(number);
      return messages
        .filter((message) => message.to === digits)
        .map((message) => ({
          messageUuid: uuids.uuidOf(message.index),
          src: sourceOf(message.send, message.to),
          text: message.send.text,
          acceptedAt: message.send.acceptedAt,
          state: message.state,
        }));
    },
    clear: () => {
      firstIndex += messages.length;
      messages = [];
      ledger.clear();
    },
  };
}
