import type { Fields } from '../formats/httpBody';
import { splitDst } from './sendRequest';

export type SimulatedCall = {
  /** Arrival in milliseconds of performance.now(). */
  at: number;
  /** Arrival in milliseconds since 1970. */
  wallTime: number;
  /** Null when no answer was given (cut, left hanging). */
  status: number | null;
  /** Texts taken. */
  accepted: number;
  /** As sent, split at `<`. */
  dst: string[];
  /** Empty when the call named none. */
  src: string;
  text: string;
  /** All other fields. */
  body: Record<string, unknown>;
  /** As answered, or as would have been. */
  messageUuids: string[];
};

export type CallRecord = SimulatedCall & { size: number };

/** Keeps the text it came as; lists are made when asked for, as a long load test never asks for most. */
export class LoggedCall implements CallRecord {
  status: number | null = null;
  accepted = 0;
  readonly src: string;
  readonly text: string;
  readonly body: Fields;
  private readonly dstText: string;
  private firstIndex = 0;

  constructor(
    readonly at: number,
    readonly wallTime: number,
    fields: Fields,
    private readonly uuidOf: (index: number) => string,
  ) {
    const { dst, src, text, ...body } = fields;
    this.dstText = typeof dst === 'string' ? dst : '';
    this.src = typeof src === 'string' ? src : '';
    this.text = typeof text === 'string' ? text : '';
    this.body = body;
  }

  get dst(): string[] {
    return splitDst(this.dstText);
  }

  get size(): number {
    return this.dst.length;
  }

  get messageUuids(): string[] {
    return Array.from({ length: this.accepted }, (_, at) => this.uuidOf(this.firstIndex + at));
  }

  tookMessages(firstIndex: number, accepted: number): void {
    this.firstIndex = firstIndex;
    this.accepted = accepted;
  }
}
