import { readDigits, readProperty, readStrings, readWords, safeWords } from '../text/safeWords';

/**
 * How one call to Plivo's send API ended. `accepted` means that Plivo took the messages, `unknown` that it may have, so
 * that they must not be sent again before someone has looked; all others, that it did not:
 * - `refused_for_now`: the line is down or Plivo asks to slow down, whatever is sent. `retryAfterMs` is what it asked for
 * - `refused_for_good`: this message, now and later
 * - `account_fault`: the account, whatever is sent
 * - `forbidden`: a 403; whether it is said of the account or of this message is not known
 * - `not_made`: no call was made
 *
 * `code` is a stable machine word; `reason` is a sentence for people, free of phone numbers, tokens and message text.
 */
export type SendOutcome =
  | { kind: 'accepted'; apiId: string; message: string; messageUuids: string[]; invalidNumbers: string[] }
  | { kind: 'refused_for_now'; status: number | null; code: string; reason: string; retryAfterMs: number | null }
  | { kind: 'refused_for_good'; status: number; code: string; reason: string }
  | { kind: 'account_fault'; status: number; code: string; reason: string }
  | { kind: 'forbidden'; status: number; code: string; reason: string }
  | { kind: 'not_made'; status: null; code: string; reason: string }
  | { kind: 'unknown'; status: number | null; code: string; reason: string };

/** Every ending but `accepted`. */
export type SendFailure = Exclude<SendOutcome, { kind: 'accepted' }>;

/** What the SDK does not hand on of an error answer. */
export type HeardAnswer = {
  readonly status: number;
  /** Milliseconds; null where the answer does not say. */
  readonly retryAfterMs: number | null;
  /** The body is an error in Plivo's own form: it is Plivo's word, not that of a gateway in between. */
  readonly isPlivos: boolean;
};

type StatusRule = readonly [kind: Exclude<SendFailure['kind'], 'not_made'>, code: string, words: string];
type TransportRule = readonly [signal: RegExp, kind: 'refused_for_now' | 'unknown', code: string, words: string];

/**
 * What an HTTP status says about the send. Plivo documents 400, 401, 404, 405, 429 and 500
 * (docs.plivo.com/docs/messaging/api/response); the SDK knows 403, 406, 409 and 422; the rest come from what stands in between.
 */
const STATUS_RULES: Readonly<Record<number, StatusRule>> = {
  400: ['refused_for_good', 'bad_request', 'Plivo found the request faulty'],
  401: ['account_fault', 'unauthorized', 'Plivo did not accept the auth id and token'],
  402: ['account_fault', 'insufficient_credit', 'Plivo asks for payment'],
  403: ['forbidden', 'forbidden', 'Plivo forbids this: geo permissions, IP allow-list or account state'],
  404: ['refused_for_good', 'not_found', 'Plivo does not know this address'],
  405: ['refused_for_good', 'method_not_allowed', 'Plivo does not allow this method'],
  406: ['refused_for_good', 'not_acceptable', 'Plivo found the request not acceptable'],
  // A proxy of our own wants a password: nothing reached Plivo, and every other batch meets the same.
  407: ['account_fault', 'proxy_unauthorized', 'the proxy in between asks for credentials'],
  // Said after an idle wait by servers and balancers, which may have passed the request on.
  408: ['unknown', 'timeout', 'the server gave up waiting'],
  409: ['refused_for_good', 'conflict', 'Plivo reports a conflict'],
  413: ['refused_for_good', 'too_large', 'the request is too large for Plivo'],
  422: ['refused_for_good', 'unprocessable', 'Plivo could not process the request'],
  // RFC 8470: not processed, to be repeated.
  425: ['refused_for_now', 'too_early', 'the server asks to try again'],
  429: ['refused_for_now', 'rate_limited', 'Plivo asks to slow down'],
  500: ['unknown', 'server_error', 'Plivo had an internal error'],
  502: ['unknown', 'bad_gateway', 'a gateway got no usable answer from Plivo'],
  503: ['refused_for_now', 'unavailable', 'Plivo is unavailable'],
  504: ['unknown', 'gateway_timeout', 'a gateway got no answer from Plivo in time'],
};

/** For statuses without a row, by their first digit. A 4xx is the server's word that it will not do what was asked. */
const STATUS_CLASS_RULES: Readonly<Record<number, StatusRule>> = {
  3: ['unknown', 'redirected', 'the answer was a redirect, which is not followed'],
  4: ['refused_for_good', 'refused', 'Plivo refused the request'],
  5: ['unknown', 'server_error', 'Plivo had an error'],
};

/**
 * What the text of a transport failure says, first match wins. Only failures before the request could leave
 * (name look-up, connecting, TLS handshake) are sure; a time-out cannot be told from one after Plivo had read everything.
 */
const TRANSPORT_RULES: readonly TransportRule[] = [
  [/getaddrinfo|ENOTFOUND|EAI_AGAIN/, 'refused_for_now', 'dns', "Plivo's host name could not be resolved"],
  [/ECONNREFUSED/, 'refused_for_now', 'connection_refused', 'the connection was refused'],
  [/\bconnect E[A-Z]+/, 'refused_for_now', 'connection_failed', 'no connection could be made'],
  [
    /before secure TLS connection|certificate|altnames|wrong version number|ERR_TLS_/i,
    'refused_for_now',
    'tls_failed',
    'no secure connection could be made',
  ],
  [/timeout of \d+ms exceeded|ETIMEDOUT|ECONNABORTED/, 'unknown', 'timeout', 'no answer came in time'],
  [/ERR_FR_|number of redirects/, 'unknown', 'redirected', 'the answer was a redirect'],
  [
    /socket hang up|ECONNRESET|EPIPE|aborted/,
    'unknown',
    'connection_lost',
    'the connection was lost before the answer came',
  ],
  // The last of these is the SDK itself, stumbling over a body of another shape.
  [
    /Parse Error|HPE_|incorrect header check|unexpected end of file|maxContentLength|Cannot read propert/,
    'unknown',
    'unreadable_answer',
    'the answer could not be read',
  ],
];

/** Said by a gateway, which may have passed the request on before it lost the answer. */
const GATEWAY_503: StatusRule = ['unknown', 'gateway_unavailable', 'a gateway says that Plivo is unavailable'];
const STRANGE_STATUS: StatusRule = ['unknown', 'unrecognised', 'the answer had an unexpected status'];
const NO_CREDIT_RULE: StatusRule = ['account_fault', 'insufficient_credit', 'the Plivo account has too little credit'];

/** The call outlived its time without any sign from the SDK. */
export const NO_ANSWER: SendFailure = {
  kind: 'unknown',
  status: null,
  code: 'timeout',
  reason: 'No answer came in time.',
};

/** A 2xx whose body is empty, broken or not Plivo's. */
export const UNREADABLE: SendFailure = {
  kind: 'unknown',
  status: null,
  code: 'unreadable_answer',
  reason: 'Plivo reported success, but its answer could not be read.',
};

/** How a batch is marked whose numbers Plivo calls invalid, all of them. */
export const ALL_INVALID = 'invalid_numbers';
const ALL_INVALID_RULE: StatusRule = ['refused_for_good', ALL_INVALID, 'Plivo found no valid number'];
/**
 * Plivo says only in words that a 400 is about whom the texts are for. Of a sender it speaks in much the same ones.
 */
const ABOUT_NUMBERS =
  /\b(?:invalid|not (?:a )?valid|no valid)\b[^.;,]{0,40}\b(?:numbers?|dst|destinations?|recipients?)\b|\b(?:numbers?|dst|destinations?|recipients?)\b[^.;,]{0,40}\b(?:invalid|not (?:a )?valid)\b/i;
const ABOUT_SENDER = /\b(?:src|source|sender|from|powerpack|caller)/i;

/** Enough of a text to classify by; answers may be megabytes. */
const LONGEST_READ = 2_000;
const STATUS_IN_TEXT = /^(?:\w*Error: )?Request failed with status code (\d{3})\b/;
/** Plivo names the missing credit only in words; which status goes with them is not documented. */
const NO_CREDIT = /(?:insufficient|not enough|no|low)\s+(?:account\s+)?(?:credit|balance|funds)/i;

/**
 * Classifies whatever the Plivo SDK rejected with: an error with `status`, one with the status only in its text, a string.
 * Never throws. `hidden` lists texts that Plivo might echo and that must not appear in `reason`, such as the message sent;
 * `heard` is what the transport has seen of the answer, null where it saw none.
 */
export function classifyRejection(
  rejection: unknown,
  hidden: readonly string[] = [],
  heard: HeardAnswer | null = null,
): SendFailure {
  const said = typeof rejection === 'string' ? rejection : readProperty(rejection, 'message');
  const text = (typeof said === 'string' ? said : '').slice(0, LONGEST_READ);
  const ownStatus = readProperty(rejection, 'status');
  if (isStatus(ownStatus)) return fromStatus(ownStatus, { said: readWords(said), hidden, heard });

  const statusInText = Number(STATUS_IN_TEXT.exec(text)?.[1]);
  if (isStatus(statusInText)) return fromStatus(statusInText, { said: '', hidden, heard, isBare: true });

  // The first line is the failure itself; below it stand file names, which could match anything.
  const [firstLine = ''] = text.split('\n', 1);
  const rule = TRANSPORT_RULES.find(([signal]) => signal.test(firstLine));
  if (rule === undefined) {
    return {
      kind: 'unknown',
      status: null,
      code: 'unrecognised',
      reason: 'The call failed in a way that is not known.',
    };
  }
  const [, kind, code, words] = rule;
  const failure = { status: null, code, reason: sentence(words, '') };
  return kind === 'refused_for_now' ? { kind, ...failure, retryAfterMs: null } : { kind, ...failure };
}

/**
 * Classifies what the Plivo SDK resolved with. It resolves on any 2xx, an empty or unreadable body included, so only an
 * answer that names messages or invalid numbers counts as accepted
 * (docs.plivo.com/docs/messaging/api/message/bulk-messaging). Never throws.
 */
export function classifyResolution(value: unknown): SendOutcome {
  const messageUuids = readStrings(readProperty(value, 'messageUuid'));
  // Phone numbers may come as JSON numbers.
  const invalidNumbers = readDigits(readProperty(value, 'invalid_number') ?? readProperty(value, 'invalidNumber'));
  if (messageUuids.length === 0 && invalidNumbers.length === 0) return UNREADABLE;
  const apiId = readProperty(value, 'apiId');
  return {
    kind: 'accepted',
    apiId: typeof apiId === 'string' ? apiId.slice(0, 100) : '',
    message: safeWords(readProperty(value, 'message')),
    messageUuids,
    invalidNumbers,
  };
}

type Said = {
  readonly said: string;
  readonly hidden: readonly string[];
  readonly heard: HeardAnswer | null;
  /** The SDK names the status in its text alone, as it does of a 503 only where the body was JSON. */
  readonly isBare?: boolean;
};

function fromStatus(status: number, { said, hidden, heard, isBare = false }: Said): SendFailure {
  const isPlivos = heard?.status === status ? heard.isPlivos : isBare;
  const noCredit = status >= 400 && status < 500 && NO_CREDIT.test(said.slice(0, LONGEST_READ));
  const [kind, code, words] = noCredit ? NO_CREDIT_RULE : (wordsRule(status, said) ?? ruleOf(status, isPlivos));
  const failure = { status, code, reason: sentence(words, safeWords(said, hidden)) };
  return kind === 'refused_for_now'
    ? { kind, ...failure, retryAfterMs: heard?.retryAfterMs ?? null }
    : { kind, ...failure };
}

function wordsRule(status: number, said: string): StatusRule | null {
  const words = said.slice(0, LONGEST_READ);
  return status === 400 && ABOUT_NUMBERS.test(words) && !ABOUT_SENDER.test(words) ? ALL_INVALID_RULE : null;
}

function ruleOf(status: number, isPlivos: boolean): StatusRule {
  if (status === 503 && !isPlivos) return GATEWAY_503;
  return STATUS_RULES[status] ?? STATUS_CLASS_RULES[Math.floor(status / 100)] ?? STRANGE_STATUS;
}

function sentence(words: string, heard: string): string {
  const start = words.charAt(0).toUpperCase() + words.slice(1);
  return heard === '' ? `${start}.` : `${start}: ${heard}`;
}

function isStatus(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 100 && value < 600;
}
