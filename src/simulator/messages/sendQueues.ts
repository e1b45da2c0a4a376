import type { SimulatorSettings } from '../behaviour/settings';
import { Fifo } from '../clockwork/fifo';
import { stripNumber } from '../formats/phoneDigits';
import { sourceOf, type Message } from './message';

/** What waits to be sent: first in, first out for each sender, and of those who may go the first for the account. */
export type SendQueues = {
  push(message: Message): void;
  /** The first of each sender that waits, in no order. */
  heads(): Message[];
  /** Takes a message from the head of its queue. */
  drop(message: Message): void;
  /** Takes the next message that the rates let go now; undefined where none may. */
  take(now: number): Message | undefined;
  /** When the rates let the next one go; Infinity where none waits. Of performance.now(). */
  nextAt(): number;
  size(): number;
  clear(): void;
};

type Line = { readonly waiting: Fifo<Message>; freeAt: number };

type Next = { readonly sender: string; readonly line: Line; readonly head: Message; readonly at: number };

/** Senders without a rate of their own wait for the account alone. */
const OTHERS = '';

/** A token for each unit is simply time that must pass, so nothing is counted per second. */
export function createSendQueues(settings: SimulatorSettings): SendQueues {
  const lines = new Map<string, Line>();
  let accountFreeAt = 0;

  const rateOf = (sender: string): number => settings.senderRates[sender] ?? 0;

  function lineOf({ send, to }: Message): string {
    const sender = stripNumber(sourceOf(send, to));
    return rateOf(sender) > 0 ? sender : OTHERS;
  }

  function next(): Next | null {
    let first: Next | null = null;
    for (const [sender, line] of lines) {
      const head = line.waiting.peek();
      if (head === undefined) continue;
      const at = Math.max(line.freeAt, settings.messagesPerSecond > 0 ? accountFreeAt : 0);
      const isSooner = first === null || at < first.at || (at === first.at && head.index < first.head.index);
      if (isSooner) first = { sender, line, head, at };
    }
    return first;
  }

  const size = () => [...lines.values()].reduce((all, { waiting }) => all + waiting.size, 0);

  return {
    push(message) {
      const now = performance.now();
      // Time in which there was nothing to send is not saved up.
      if (size() === 0) accountFreeAt = Math.max(accountFreeAt, now);
      const sender = lineOf(message);
      const line = lines.get(sender) ?? { waiting: new Fifo<Message>(), freeAt: 0 };
      if (line.waiting.size === 0 && sender !== OTHERS) line.freeAt = Math.max(line.freeAt, now);
      line.waiting.push(message);
      lines.set(sender, line);
    },
    heads: () => [...lines.values()].flatMap(({ waiting }) => waiting.peek() ?? []),
    drop(message) {
      for (const { waiting } of lines.values()) if (waiting.peek() === message) waiting.shift();
    },
    take(now) {
      const found = next();
      if (found === null || found.at > now) return undefined;
      const { sender, line, head } = found;
      const { units } = head.send;
      line.waiting.shift();
      if (rateOf(sender) > 0) line.freeAt += (units * 1000) / rateOf(sender);
      if (settings.messagesPerSecond > 0) accountFreeAt += (units * 1000) / settings.messagesPerSecond;
      return head;
    },
    nextAt: () => next()?.at ?? Infinity,
    size,
    clear() {
      lines.clear();
      accountFreeAt = 0;
    },
  };
}
