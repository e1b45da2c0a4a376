/** One text as Plivo has it. Numbers are digits without "+", as Plivo writes them. */
export type Message = {
  readonly uuid: string;
  readonly to: string;
  /** Whom the text comes from. */
  readonly from: string;
  /** What its record shows as its sender. */
  readonly shownFrom: string;
  readonly powerpackUuid: string | null;
  readonly text: string;
  /** Sent by other software on the account. */
  readonly isOthers: boolean;
  /** Milliseconds since 1970, by Plivo's clock. */
  readonly at: number;
  /** Virtual milliseconds at which the message list begins to show it. */
  readonly visibleAt: number;
  /** Where its reports go; null for nowhere. */
  readonly callbackUrl: string | null;
  state: MessageState;
  errorCode: string | null;
  /** Virtual milliseconds at which it came to its end; null while it has not. */
  endedAt: number | null;
};

export type MessageState = 'queued' | 'sent' | 'delivered' | 'undelivered' | 'failed';

/** What Plivo posts of a message's way. */
export type Report = {
  readonly message: Message;
  readonly state: MessageState;
  readonly sequence: number;
  readonly errorCode: string | null;
};

/** A send request as it comes out of the SDK. */
export type SendCall = {
  readonly from: string | null;
  readonly powerpackUuid: string | null;
  readonly to: readonly string[];
  readonly text: string;
  readonly callbackUrl: string | null;
};
