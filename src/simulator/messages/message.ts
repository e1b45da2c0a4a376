import type { CallbackMethod } from '../formats/signatures';

export type MessageState = 'queued' | 'sent' | 'delivered' | 'undelivered' | 'failed';

/** What all messages of one send share; kept once, as a send has up to a thousand of them. */
export type Send = {
  src: string;
  powerpackUuid: string | null;
  text: string;
  units: number;
  type: string;
  url: string | null;
  method: CallbackMethod;
  /** As sent: true, false, "number_only" or "content_only". */
  log: unknown;
  /** Longest wait in the queue; null when the send names none. */
  expiryMs: number | null;
  /** Where the call came from. */
  requesterIp: string;
  /** Milliseconds of Date.now() and of performance.now(). */
  acceptedAt: number;
  acceptedTick: number;
};

/** One text to one person. Small on purpose: a load test holds a million. */
export class Message {
  state: MessageState = 'queued';
  /** 0 = none; Plivo writes 000. */
  errorCode = 0;
  /** Number of the newest status callback. */
  sequence = 0;
  /** Since the send was accepted; -1 = not yet. */
  sentAfterMs = -1;
  settledAfterMs = -1;

  constructor(
    readonly index: number,
    readonly to: string,
    readonly send: Send,
  ) {}
}

export function isFinal(state: MessageState): boolean {
  return state !== 'queued' && state !== 'sent';
}

/** How many numbers a powerpack of the simulator has. */
const POWERPACK_SIZE = 3;

/** A powerpack picks the number; sticky sender, on by default at Plivo, gives one person the same number each time. */
export function sourceOf(send: Send, to: string): string {
  if (send.powerpackUuid === null) return send.src;
  return powerpackNumbers(send.powerpackUuid)[Number(to.slice(-6)) % POWERPACK_SIZE] ?? '';
}

/** Example numbers (555-01xx is set aside for fiction) that follow from the pack's uuid. */
export function powerpackNumbers(powerpackUuid: string): string[] {
  let sum = 0;
  for (const character of powerpackUuid) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 97;
  return Array.from({ length: POWERPACK_SIZE }, (_, at) => `1415555${String(100 + sum + at).padStart(4, '0')}`);
}
