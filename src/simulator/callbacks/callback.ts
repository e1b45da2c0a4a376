import type { CallbackMethod } from '../formats/signatures';

/** `status` 0 = no answer; `body` then says why. */
export type CallbackAnswer = { status: number; body: string };

/** One request to the user's service, made again until it is answered with 2xx or the attempts are used up. */
export type Callback = {
  readonly url: string;
  readonly method: CallbackMethod;
  /** Attempts made. */
  attempts: number;
  /** Built when posted and not before: a slow service lets a million callbacks wait. */
  fields(): Record<string, string>;
  /** Called after every attempt. */
  answered?(answer: CallbackAnswer): void;
};
