/** What the service does about a message that ended with an error code. */
export type ErrorFollow =
  /** Nothing: it was not an error. */
  | 'none'
  /** The recipient said STOP: add the number to the opt-out list. */
  | 'opt_out'
  /** Concerns every message of the account: stop dispatching and tell someone. */
  | 'pause_account'
  /** May succeed later, with a new message. */
  | 'retry_later'
  /** This message will not reach this number. */
  | 'permanent'
  /** A setting, the sender or an account permission has to be changed first. */
  | 'configuration'
  /** Someone has to look at content or sender before more of the same is sent. */
  | 'review';

export type ErrorCodeMeaning = { known: boolean; meaning: string; follow: ErrorFollow };

type Row = readonly [meaning: string, follow: ErrorFollow];

/**
 * Plivo's message error codes. 10 to 201 and 1000: www.plivo.com/blog/introducing-sms-error-codes; 000: the message object;
 * 420, 450, 900: support.plivo.com on message expiry, geo permissions and insufficient credit. Plivo's live list
 * (plivo.com/docs/messaging/troubleshooting/error-codes) is longer.
 */
const ERROR_CODES: ReadonlyMap<string, Row> = new Map<string, Row>([
  ['000', ['There was no error.', 'none']],
  ['10', ['The message is invalid.', 'permanent']],
  ['20', ['There was an error in the network of the carrier.', 'retry_later']],
  ['30', ['A carrier took the message for spam.', 'review']],
  ['40', ['The sender is not valid for this destination.', 'configuration']],
  ['50', ['The number is invalid or cannot receive text messages, as a landline cannot.', 'permanent']],
  ['60', ['The message went round in a loop between networks.', 'review']],
  ['70', ['The number is permanently out of reach.', 'permanent']],
  ['80', ['The number is out of reach for now.', 'retry_later']],
  ['90', ['Plivo has no route to this destination.', 'configuration']],
  ['100', ['The carrier prohibits this message.', 'permanent']],
  ['110', ['The message is too long.', 'permanent']],
  ['200', ['The recipient has opted out with STOP.', 'opt_out']],
  ['201', ['US toll-free senders cannot reach Canada.', 'configuration']],
  ['420', ['The message expired in the queue before it could be sent.', 'retry_later']],
  ['450', ['Sending to this country is not enabled for the account.', 'configuration']],
  ['900', ['The account has too little credit.', 'pause_account']],
  ['1000', ['The carrier gave no reason.', 'retry_later']],
]);

/** `code` as Plivo reports it, leading zeros or not. A code without a row is permanent: a blind retry could annoy and cost. */
export function describeErrorCode(code: string): ErrorCodeMeaning {
  const trimmed = code.trim();
  const row = ERROR_CODES.get(/^0*$/.test(trimmed) ? '000' : trimmed.replace(/^0+/, ''));
  if (row === undefined) {
    return {
      known: false,
      meaning: `Plivo reported an error code that this service does not know (${shown(trimmed)}); taken as permanent.`,
      follow: 'permanent',
    };
  }
  const [meaning, follow] = row;
  return { known: true, meaning, follow };
}

/** Codes come from webhooks, and the sentence is shown and logged. */
function shown(code: string): string {
  return /^\w{1,6}$/.test(code) ? code : 'unreadable';
}
