import type { Request, RequestHandler } from 'express';
import { body, header, type ValidationChain } from 'express-validator';
import { ServiceError } from '../../../domain/errors';
import { countryProblem } from '../../../domain/numbers/phoneNumber';
import { ENCODINGS } from '../../../domain/text/messageText';
import { senderProblem } from '../../../domain/plan/senders';
import type { NamedParts, SavedParts } from '../../../services/audience/savedParts';
import {
  callbackProblem,
  canaryProblem,
  isEncoding,
  isWholeNumber,
  mediaProblem,
  messageProblem,
  nameProblem,
  quietHoursProblem,
  sendAtLocalProblem,
  sendAtProblem,
  topicProblem,
} from './broadcastFields';
import { checkList, refuseInvalid, type RecipientRules } from './checkRecipients';
import { Faults, MOST_ERRORS, refuse, shortened } from '../faults';
import { keyProblem } from '../idempotencyKey';
import { fieldNamesOf } from './personalMessage';
import { templateOf } from './savedFields';
import { TEST_FIELDS, testChains } from './testFields';
import { namesOf, readRecipientsOf, sourceOf } from './readLists';

export type BroadcastRules = RecipientRules & {
  readonly isCountry: (code: string) => boolean;
  readonly saved: Pick<SavedParts, 'faultsOf' | 'fieldsOf'>;
  /** Puts the text of a template into its place. */
  readonly takeTemplate: RequestHandler;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Whether others may be told inside the network, and by plain http. */
  readonly allowsPrivateCallbacks: boolean;
  /** Whether delivery reports are asked for. */
  readonly hasReports: boolean;
};

const FIELDS = [
  'recipients',
  'message',
  'sender',
  'name',
  'invalidRecipients',
  'sendAt',
  'sendAtLocal',
  'quietHours',
  'expirySeconds',
  'mediaUrls',
  'callbackUrl',
  'defaultCountry',
  'encoding',
  'topic',
  'canary',
  'lists',
  'exceptLists',
  'template',
  'templateVersion',
  'ignoreBalance',
];

/**
 * Checks the body of `POST /broadcast` and gathers every fault; `refuseFaults` then answers them. The recipients are
 * checked in one pass over the whole array: the `recipients.*` wildcard is quadratic (measured: 46 s for 100,000 numbers).
 */
export function validateBroadcast(rules: BroadcastRules): RequestHandler[] {
  return [...validate(rules, FIELDS), ...fieldsWithValues];
}

/** As `validateBroadcast`, of a broadcast that is to be tried out on a few. */
export function validateTest(rules: BroadcastRules): RequestHandler[] {
  return [...validate(rules, [...FIELDS, ...TEST_FIELDS]), ...fieldsWithValues, ...testChains(rules)];
}

function validate(rules: BroadcastRules, fields: readonly string[]): RequestHandler[] {
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
  return [onlyAnObject, rules.takeTemplate, ...chains(rules, fields), ...savedChains(rules), list];
}

/** As `validateBroadcast`, for a dry run: faulty recipients are what it is there to find, so they are not refused. */
export function validatePreview(rules: BroadcastRules): RequestHandler[] {
  const list = body('recipients').custom(async (value: unknown, { req }) => {
    await checkList(value, req as Request, rules, MOST_ERRORS);
  });
  return [onlyAnObject, rules.takeTemplate, ...chains(rules, FIELDS), ...savedChains(rules), list, ...fieldsWithValues];
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
function chains(rules: BroadcastRules, known: readonly string[]): ValidationChain[] {
  return [
    body().custom((fields: object) => refuseUnknownFields(fields, known)),
    body('message').custom((value: unknown, { req }) => refuse(messageOrTemplateProblem(value, req as Request))),
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
    body('sendAtLocal')
      .optional({ values: 'null' })
      .custom((value: unknown, { req }) => refuse(sendAtLocalProblem(value, req.body as object, rules.now()))),
    ...[
      ['sender', (value: unknown) => (typeof value === 'string' ? senderProblem(value) : 'must be a string')],
      ['encoding', (value: unknown) => (isEncoding(value) ? null : `must be one of ${ENCODINGS.join(', ')}`)],
      ['sendAt', (value: unknown) => sendAtProblem(value, rules.now())],
      ['defaultCountry', (value: unknown) => countryProblem(value, rules)],
      ['quietHours', quietHoursProblem],
      ['mediaUrls', mediaProblem],
      ['callbackUrl', (value: unknown) => callbackProblem(value, rules.allowsPrivateCallbacks)],
      ['topic', topicProblem],
      ['ignoreBalance', (value: unknown) => (typeof value === 'boolean' ? null : 'must be true or false')],
      ['canary', (value: unknown) => canaryProblem(value, rules.hasReports)],
    ].map(([field, problem]) =>
      body(field as string)
        .optional({ values: 'null' })
        .custom((value: unknown) => refuse((problem as (value: unknown) => string | null)(value))),
    ),
  ];
}

function messageOrTemplateProblem(value: unknown, req: Request): string | null {
  const { encoding, template } = req.body as { encoding?: unknown; template?: unknown };
  const isNamed = template !== undefined && template !== null;
  const isThere = value !== undefined && value !== null;
  // A template that there is not is a fault of its own.
  if (isNamed && !isThere) return null;
  if (isNamed && templateOf(req) === null) return 'must be left out where a template is named';
  return messageProblem(value, encoding);
}

/** Of the names of saved lists and templates. */
const savedChains = (rules: BroadcastRules): ValidationChain[] => [
  body('lists').custom(async (_value: unknown, { req }) => {
    const fields = req.body as NamedParts;
    const personal = await rules.personalOf(req as Request, fields);
    const faults = await rules.saved.faultsOf(fields, fieldNamesOf(personal));
    if (faults.length > 0) new Faults(faults.slice(0, MOST_ERRORS), faults.length).throw();
  }),
];

function refuseUnknownFields(fields: object, known: readonly string[]): true {
  const unknown = Object.keys(fields).filter((name) => !known.includes(name));
  const errors = unknown.slice(0, MOST_ERRORS).map((name) => ({
    path: shortened(name),
    msg: `is not a known field; the fields are ${known.join(', ')}`,
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
