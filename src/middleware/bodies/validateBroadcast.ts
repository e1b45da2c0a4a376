import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Request, RequestHandler } from 'express';
import { body, header, validationResult, type ValidationChain } from 'express-validator';
import { ServiceError, type FieldError } from '../../domain/errors';
import type { EntryLog } from '../../domain/numbers/entryLog';
import type { NumberReader } from '../../domain/numbers/phoneNumber';
import { RecipientIntake, type CheckedRecipients } from '../../domain/numbers/recipientList';
import { parseQuietHours } from '../../domain/time/quietHours';
import { composed, ENCODINGS, readMessage, unreadProblem, type EncodingWish } from '../../domain/text/messageText';
import { senderProblem } from '../../domain/plan/senders';
import type { ListSource } from '../../services/files/listSource';
import { keyProblem } from './idempotencyKey';
import type { ReadList } from './recipientUpload';

export type BroadcastRules = {
  /** By the country that a request names, or the one that is configured. */
  readonly readerFor: (defaultCountry: unknown) => NumberReader;
  /** Makes the work of a hostile list of numbers as cheap as that of any other. */
  readonly hashSeed: number;
  readonly isCountry: (code: string) => boolean;
  readonly maxRecipients: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

const MOST_ERRORS = 100;
const LONGEST_NAME = 100;

const LONGEST_LEAD_DAYS = 30;
const MOST_MEDIA = 10;
const LONGEST_ADDRESS = 2000;

const FIELDS = [
  'recipients',
  'message',
  'sender',
  'name',
  'invalidRecipients',
  'sendAt',
  'quietHours',
  'expirySeconds',
  'mediaUrls',
  'defaultCountry',
  'encoding',
];
const LATER_FIELDS = ['callbackUrl'];

const checkedRecipients = new WeakMap<Request, CheckedRecipients>();

/**
 * Checks the body of `POST /broadcast` and gathers every fault; `refuseFaults` then answers them. The recipients are
 * checked in one pass over the whole array: the `recipients.*` wildcard is quadratic (measured: 46 s for 100,000 numbers).
 */
export function validateBroadcast(rules: BroadcastRules): RequestHandler[] {
  const list = body('recipients').custom(async (value: unknown, { req }) => {
    const checked = await checkList(
      value,
      req as Request,
      rules,
      skipsInvalid(req as Request) ? Infinity : MOST_ERRORS,
    );
    if (checked.invalidCount > 0 && (!skipsInvalid(req as Request) || checked.valid.length === 0))
      refuseInvalid(checked, sourceOf(req as Request));
  });
  return [onlyAnObject, ...chains(rules), list];
}

/** As `validateBroadcast`, for a dry run: faulty recipients are what it is there to find, so they are not refused. */
export function validatePreview(rules: BroadcastRules): RequestHandler[] {
  const list = body('recipients').custom(async (value: unknown, { req }) => {
    await checkList(value, req as Request, rules, MOST_ERRORS);
  });
  return [onlyAnObject, ...chains(rules), list];
}

const sources = new WeakMap<Request, ListSource>();
const logs = new WeakMap<Request, EntryLog>();

/** Hands over recipients that were read and checked as they came in, from a file; `log` holds them as submitted. */
export function presentRecipients(req: Request, { recipients, source }: ReadList, log: EntryLog | null): void {
  checkedRecipients.set(req, recipients);
  if (source !== null) sources.set(req, source);
  if (log !== null) logs.set(req, log);
}

/** What the recipients of a request were read from; null where that was no file. */
export const sourceOf = (req: Request): ListSource | null => sources.get(req) ?? null;

/** The entries of a checked request as they were submitted, some at a time; of a file, where `present` was given a log. */
export function entriesOf(req: Request): Iterable<readonly string[]> {
  const log = logs.get(req);
  return log === undefined ? listEntries((req.body as { recipients: unknown[] }).recipients) : log.slices();
}

function* listEntries(list: readonly unknown[]): Generator<readonly string[]> {
  for (let from = 0; from < list.length; from += LOGGED_AT_ONCE)
    yield list.slice(from, from + LOGGED_AT_ONCE).map((entry) => (typeof entry === 'string' ? entry : typeof entry));
}

const LOGGED_AT_ONCE = 1000;

/** Whether the request asks for invalid recipients to be left out instead of refused. */
const skipsInvalid = (req: Request): boolean =>
  (req.body as { invalidRecipients?: unknown }).invalidRecipients === 'skip';

/** The recipients of a request that passed `validateBroadcast`; null where it had none that could be read. */
export const readRecipientsOf = (req: Request): CheckedRecipients | null => checkedRecipients.get(req) ?? null;

/** The recipients of a request that passed `validateBroadcast` and `refuseFaults`. */
export function recipientsOf(req: Request): CheckedRecipients {
  const checked = checkedRecipients.get(req);
  if (checked === undefined) throw new Error('The request was not validated.');
  return checked;
}

const onlyAnObject: RequestHandler = (req, _res, next) => {
  if (typeof req.body !== 'object' || req.body === null || Array.isArray(req.body)) {
    throw new ServiceError(
      'invalid_request',
      'The body must be a JSON object: { "recipients": [...], "message": "..." }.',
    );
  }
  next();
};

/** `optional` takes undefined and null for absent, as clients of typed languages send it. */
function chains(rules: BroadcastRules): ValidationChain[] {
  return [
    body().custom((fields: object) => refuseUnknownFields(fields)),
    body('message').custom((value: unknown, { req }) => refuse(messageProblem(value, req as Request))),
    body('invalidRecipients')
      .optional({ values: 'null' })
      .custom((value: unknown) => refuse(value === 'reject' || value === 'skip' ? null : 'must be "reject" or "skip"')),
    body('name')
      .optional({ values: 'null' })
      .custom((value: unknown) => refuse(nameProblem(value))),
    body('expirySeconds')
      .optional({ values: 'null' })
      .custom((value: unknown) =>
        refuse(isWholeNumber(value, 5, 10_799) ? null : 'must be a whole number of seconds from 5 to 10799'),
      ),
    header('idempotency-key')
      .optional()
      .custom((value: unknown) => refuse(keyProblem(value))),
    ...[
      ['sender', (value: unknown) => (typeof value === 'string' ? senderProblem(value) : 'must be a string')],
      ['encoding', (value: unknown) => (isEncoding(value) ? null : `must be one of ${ENCODINGS.join(', ')}`)],
      ['sendAt', (value: unknown) => sendAtProblem(value, rules.now())],
      ['defaultCountry', (value: unknown) => countryProblem(value, rules.isCountry)],
      ['quietHours', quietHoursProblem],
      ['mediaUrls', mediaProblem],
    ].map(([field, problem]) =>
      body(field as string)
        .optional({ values: 'null' })
        .custom((value: unknown) => refuse((problem as (value: unknown) => string | null)(value))),
    ),
  ];
}

/** Faults that one field has several of; express-validator knows one per field. */
class Faults {
  constructor(
    readonly errors: readonly FieldError[],
    readonly count: number,
  ) {}

  /** Of an Error, express-validator keeps the message only; anything else that is thrown it hands on whole. */
  throw(): never {
    throw this as unknown as Error;
  }
}

function refuse(problem: string | null): true {
  if (problem !== null) throw new Error(problem);
  return true;
}

function refuseUnknownFields(fields: object): true {
  const isAbsent = (name: string, value: unknown) => value === null && LATER_FIELDS.includes(name);
  const unknown = Object.entries(fields)
    .filter(([name, value]) => !FIELDS.includes(name) && !isAbsent(name, value))
    .map(([name]) => name);
  const errors = unknown.slice(0, MOST_ERRORS).map((name) => ({
    path: shortened(name),
    msg: LATER_FIELDS.includes(name)
      ? 'is not served by this version yet; leave it out'
      : `is not a known field; the fields are ${FIELDS.join(', ')}`,
  }));
  if (errors.length > 0) new Faults(errors, unknown.length).throw();
  return true;
}

function messageProblem(value: unknown, req: Request): string | null {
  if (value === undefined) return 'is missing; set it to the text to send';
  if (typeof value !== 'string') return 'must be a string';
  const { encoding } = req.body as { encoding?: unknown };
  return readMessage(value, isEncoding(encoding) ? encoding : 'auto').problem;
}

const isEncoding = (value: unknown): value is EncodingWish => ENCODINGS.some((encoding) => encoding === value);

function nameProblem(value: unknown): string | null {
  if (typeof value !== 'string') return 'must be a string';
  // A composed character is at most four times shorter.
  if (value.length > 4 * LONGEST_NAME || composed(value).length > LONGEST_NAME)
    return `must be at most ${LONGEST_NAME} characters long`;
  return /\p{Cc}/u.test(value) ? 'must not hold control characters' : unreadProblem(value);
}

const countryProblem = (value: unknown, isCountry: (code: string) => boolean): string | null =>
  typeof value === 'string' && isCountry(value.toUpperCase())
    ? null
    : 'must be a country by its two letters (ISO 3166), such as "DE"';

const isWholeNumber = (value: unknown, min: number, max: number) =>
  typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;

/** RFC 3339, section 5.6. A second of 60 exists there, and not in any clock of ours. */
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;
const DAY_MS = 86_400_000;

function sendAtProblem(value: unknown, now: number): string | null {
  const at = typeof value === 'string' && RFC_3339.test(value) && isRealDate(value) ? Date.parse(value) : NaN;
  if (Number.isNaN(at))
    return 'must be a time such as "2030-01-31T09:00:00Z" or "2030-01-31T09:00:00+02:00" (RFC 3339)';
  if (at <= now) return 'must lie in the future; leave it out to send at once';
  return at > now + LONGEST_LEAD_DAYS * DAY_MS ? `must be at most ${LONGEST_LEAD_DAYS} days ahead` : null;
}

/** `Date.parse` takes the 31st of February for the 3rd of March. */
function isRealDate(value: string): boolean {
  const [year = 0, month = 0, day = 0] = value.slice(0, 10).split('-').map(Number);
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

const quietHoursProblem = (value: unknown): string | null =>
  value === 'off' || (typeof value === 'string' && parseQuietHours(value) !== null)
    ? null
    : 'must be two times of day such as "21:00-08:00" with at least an hour left in between, or "off"';

function mediaProblem(value: unknown): string | null {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_MEDIA)
    return `must be an array of 1 to ${MOST_MEDIA} https addresses`;
  const faulty = value.findIndex((address: unknown) => !isHttps(address));
  return faulty === -1 ? null : `must hold https addresses, which entry ${faulty} is not`;
}

const isHttps = (address: unknown): boolean =>
  typeof address === 'string' &&
  address.length <= LONGEST_ADDRESS &&
  URL.canParse(address) &&
  new URL(address).protocol === 'https:';

/** So many entries are checked before others get their turn: 4 ms. */
const SLICE = 20_000;

async function checkList(
  value: unknown,
  req: Request,
  rules: BroadcastRules,
  maxErrors: number,
): Promise<CheckedRecipients> {
  const uploaded = checkedRecipients.get(req);
  if (uploaded !== undefined) {
    if (uploaded.submitted === 0) throw new Error('must hold at least one number');
    return uploaded;
  }
  if (value === undefined) throw new Error('is missing; set it to an array of numbers such as ["+14155550100"]');
  if (!Array.isArray(value)) throw new Error('must be an array of numbers such as ["+14155550100"]');
  if (value.length === 0) throw new Error('must hold at least one number');
  if (value.length > rules.maxRecipients) {
    throw new Error(
      `must hold at most ${rules.maxRecipients} numbers, and holds ${value.length}; send several broadcasts`,
    );
  }
  const reader = rules.readerFor((req.body as { defaultCountry?: unknown }).defaultCountry);
  const intake = new RecipientIntake({
    reader,
    maxErrors,
    seed: rules.hashSeed,
    expected: value.length,
    keepsStrings: true,
  });
  for (let from = 0; from < value.length; from += SLICE) {
    if (from > 0) await nextTurn();
    const end = Math.min(from + SLICE, value.length);
    for (let index = from; index < end; index++) intake.add(value[index]);
  }
  const checked = intake.result();
  checkedRecipients.set(req, checked);
  return checked;
}

function refuseInvalid({ invalid, invalidCount }: CheckedRecipients, source: ListSource | null): void {
  const column = source?.column ?? null;
  const errors = invalid.slice(0, MOST_ERRORS).map((entry) => ({
    path: entry.line === null ? `recipients[${entry.index}]` : `line ${entry.line}`,
    ...(column === null ? {} : { column }),
    msg: entry.reason,
    value: entry.value,
  }));
  new Faults(errors, invalidCount).throw();
}

/** @throws ServiceError `invalid_request` naming at most 100 of the faults that were found, and their true number */
export const refuseFaults: RequestHandler = (req, _res, next) => {
  const results = validationResult(req).array({ onlyFirstError: true });
  if (results.length === 0) {
    next();
    return;
  }
  const errors: FieldError[] = [];
  let errorCount = 0;
  for (const result of results) {
    const fault: unknown = result.msg;
    const path = result.type === 'field' ? result.path : '';
    const value: unknown = result.type === 'field' ? result.value : undefined;
    const found = fault instanceof Faults ? fault.errors : [{ path, msg: String(fault), ...shownValue(value) }];
    errors.push(...found);
    errorCount += fault instanceof Faults ? fault.count : 1;
  }
  const [first] = errors;
  const summary = first === undefined ? '' : ` The first: ${first.path} ${first.msg}.`;
  throw new ServiceError('invalid_request', `The request has ${errorCount} fault(s); nothing was sent.${summary}`, {
    errors: errors.slice(0, MOST_ERRORS),
    errorCount,
  });
};

/** Only plain values, shortened: a nested one may be deeper than the stack. */
function shownValue(value: unknown): { value?: string } {
  if (typeof value === 'string') return { value: shortened(value) };
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? { value: String(value) } : {};
}

const shortened = (text: string) =>
  (text.length > 64 ? `${text.slice(0, 63)}…` : text).replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd');
