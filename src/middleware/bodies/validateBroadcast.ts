import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Request, RequestHandler } from 'express';
import { body, header, type ValidationChain } from 'express-validator';
import { ServiceError } from '../../domain/errors';
import { countryProblem, type NumberReader } from '../../domain/numbers/phoneNumber';
import { ENCODINGS } from '../../domain/text/messageText';
import { createEntryReader, type EntryReader } from '../../domain/lists/recipientEntry';
import type { PersonalMessage } from '../../domain/text/personalText';
import { RecipientIntake, type CheckedRecipients } from '../../domain/lists/recipientList';
import { senderProblem } from '../../domain/plan/senders';
import type { ListSource } from '../../services/files/listSource';
import {
  isEncoding,
  isWholeNumber,
  mediaProblem,
  messageProblem,
  nameProblem,
  quietHoursProblem,
  sendAtProblem,
} from './broadcastFields';
import { Faults, MOST_ERRORS, refuse, shortened } from './faults';
import { keyProblem } from './idempotencyKey';
import { namesOf, presentRecipients, readRecipientsOf, sourceOf } from './readLists';

export type BroadcastRules = {
  /** By the country that a request names, or the one that is configured. */
  readonly readerFor: (defaultCountry: unknown) => NumberReader;
  /** Makes the work of a hostile list of numbers as cheap as that of any other. */
  readonly hashSeed: number;
  readonly isCountry: (code: string) => boolean;
  readonly maxRecipients: number;
  /** What the fields of a broadcast have each person told, where that is something of their own. */
  readonly personalOf: (fields: { message?: unknown; encoding?: unknown }) => PersonalMessage | null;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

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
    // The message names what the list does not have: nobody in it is at fault.
    if ((checked.texts?.unknownFields.length ?? 0) > 0) return;
    if (checked.invalidCount > 0 && (!skipsInvalid(req as Request) || checked.valid.length === 0))
      refuseInvalid(checked, sourceOf(req as Request));
  });
  return [onlyAnObject, ...chains(rules), list, ...fieldsWithValues];
}

/** As `validateBroadcast`, for a dry run: faulty recipients are what it is there to find, so they are not refused. */
export function validatePreview(rules: BroadcastRules): RequestHandler[] {
  const list = body('recipients').custom(async (value: unknown, { req }) => {
    await checkList(value, req as Request, rules, MOST_ERRORS);
  });
  return [onlyAnObject, ...chains(rules), list, ...fieldsWithValues];
}

/** Whether the request asks for invalid recipients to be left out instead of refused. */
const skipsInvalid = (req: Request): boolean =>
  (req.body as { invalidRecipients?: unknown }).invalidRecipients === 'skip';

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
    body('message').custom((value: unknown, { req }) =>
      refuse(messageProblem(value, (req.body as { encoding?: unknown }).encoding)),
    ),
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
      ['defaultCountry', (value: unknown) => countryProblem(value, rules)],
      ['quietHours', quietHoursProblem],
      ['mediaUrls', mediaProblem],
    ].map(([field, problem]) =>
      body(field as string)
        .optional({ values: 'null' })
        .custom((value: unknown) => refuse((problem as (value: unknown) => string | null)(value))),
    ),
  ];
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

/** After the list: a message that names what nobody in the list has is one fault, not one for each of them. */
const fieldsWithValues: ValidationChain[] = [
  body('message').custom((_value: unknown, { req }) => {
    const { unknownFields = [] } = readRecipientsOf(req as Request)?.texts ?? {};
    return refuse(unknownFields.length === 0 ? null : unknownFieldProblem(unknownFields, namesOf(req as Request)));
  }),
];

const MOST_NAMES = 20;

function unknownFieldProblem(fields: readonly string[], names: readonly string[]): string {
  const [field = ''] = fields;
  const there = names
    .filter((name) => name !== '')
    .slice(0, MOST_NAMES)
    .map((name) => shortened(name));
  return (
    `has the field {{${field}}}, for which nobody in the list has a value: give it one, or write {{${field}|what stands there without one}}` +
    (there.length === 0 ? '' : `; the list has ${there.join(', ')}`)
  );
}

/** So many entries are checked before others get their turn: 4 ms. */
const SLICE = 20_000;

async function checkList(
  value: unknown,
  req: Request,
  rules: BroadcastRules,
  maxErrors: number,
): Promise<CheckedRecipients> {
  const uploaded = readRecipientsOf(req);
  if (uploaded !== null) {
    if (uploaded.submitted === 0) throw new Error('must hold at least one number');
    return uploaded;
  }
  refuseNoList(value, rules);
  const personal = rules.personalOf(req.body as object);
  const intake = new RecipientIntake({
    reader: rules.readerFor((req.body as { defaultCountry?: unknown }).defaultCountry),
    maxErrors,
    seed: rules.hashSeed,
    expected: value.length,
    keepsStrings: true,
    personal,
  });
  const entries = createEntryReader(personal?.fields.map(({ name }) => name) ?? []);
  for (let from = 0; from < value.length; from += SLICE) {
    if (from > 0) await nextTurn();
    const end = Math.min(from + SLICE, value.length);
    for (let index = from; index < end; index++) take(intake, entries, value[index]);
  }
  const checked = intake.result();
  presentRecipients(req, { recipients: checked, source: null, names: entries.knownKeys() }, null);
  return checked;
}

/** A number alone, or an object with one and the values of fields. */
function take(intake: RecipientIntake, entries: EntryReader, entry: unknown): void {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    intake.add(entry);
    return;
  }
  const { number, values, problem } = entries.read(entry);
  if (problem === null) intake.add(number, null, values);
  else intake.addFaulty(entry, null, problem);
}

function refuseNoList(value: unknown, rules: BroadcastRules): asserts value is unknown[] {
  if (value === undefined) throw new Error('is missing; set it to an array of numbers such as ["+14155550100"]');
  if (!Array.isArray(value)) throw new Error('must be an array of numbers such as ["+14155550100"]');
  if (value.length === 0) throw new Error('must hold at least one number');
  if (value.length > rules.maxRecipients) {
    throw new Error(
      `must hold at most ${rules.maxRecipients} numbers, and holds ${value.length}; send several broadcasts`,
    );
  }
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
