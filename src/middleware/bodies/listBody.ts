import type { Request } from 'express';
import { ServiceError, type FieldError } from '../../domain/errors';
import { ListIntake, type CheckedPeople } from '../../domain/audience/listIntake';
import { countryProblem, type NumberReader } from '../../domain/numbers/phoneNumber';
import type { ListSource } from '../../services/files/listSource';
import { MOST_ERRORS, shortened } from './faults';
import { LongWork } from './longWork';

export type ListRules = {
  /** By the country that a request names, or the one that is configured. */
  readonly readerFor: (defaultCountry: unknown) => NumberReader;
  /** Makes the work of a hostile list of numbers as cheap as that of any other. */
  readonly hashSeed: number;
  readonly isCountry: (code: string) => boolean;
  readonly maxRecipients: number;
};

/** People for a saved list, checked, and what they were read from; null where that was no file. */
export type ListRequest = CheckedPeople & {
  readonly source: ListSource | null;
  /** Of the entries that are left out, at most 100. */
  readonly errors: readonly FieldError[];
};

type Uploaded = { readonly people: CheckedPeople; readonly source: ListSource | null };

const FIELDS = ['recipients', 'invalidRecipients', 'defaultCountry'];

const uploads = new WeakMap<Request, Uploaded>();

/** Hands over people who were read from a file and checked. */
export const presentPeople = (req: Request, uploaded: Uploaded): void => {
  uploads.set(req, uploaded);
};

/**
 * The people in the body of a request for a saved list, a file or JSON.
 *
 * @throws ServiceError `invalid_request` naming what is wrong; nothing is to be changed then
 */
export async function readListRequest(req: Request, rules: ListRules): Promise<ListRequest> {
  const body: unknown = req.body;
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new ServiceError('invalid_request', 'The body must be a JSON object: { "recipients": [...] }.');
  const fields = body as Readonly<Record<string, unknown>>;
  refuseFaultyFields(fields, rules);
  const uploaded = uploads.get(req);
  const { people: list, source } = uploaded ?? { people: await checkEntries(fields, rules), source: null };
  if (uploaded !== undefined && list.checked.submitted === 0) throw fault('recipients', 'has no numbers');
  const errors = errorsOf(list, source);
  const { invalidCount, valid } = list.checked;
  if (invalidCount > 0 && (fields['invalidRecipients'] !== 'skip' || valid.length === 0))
    throw new ServiceError(
      'invalid_request',
      `The list has ${invalidCount} invalid entries; nothing was changed.${firstOf(errors)} ` +
        'Mend them, or leave them out with invalidRecipients "skip".',
      { errors, errorCount: invalidCount },
    );
  return { ...list, source, errors };
}

function refuseFaultyFields(fields: Readonly<Record<string, unknown>>, rules: ListRules): void {
  const unknown = Object.keys(fields).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined)
    throw fault(shortened(unknown), `is not a known field; the fields are ${FIELDS.join(', ')}`);
  const { invalidRecipients: wish, defaultCountry: country } = fields;
  if (wish !== undefined && wish !== null && wish !== 'reject' && wish !== 'skip')
    throw fault('invalidRecipients', 'must be "reject" or "skip"');
  const problem = country === undefined || country === null ? null : countryProblem(country, rules);
  if (problem !== null) throw fault('defaultCountry', problem);
}

async function checkEntries(fields: Readonly<Record<string, unknown>>, rules: ListRules): Promise<CheckedPeople> {
  const { recipients } = fields;
  if (!Array.isArray(recipients))
    throw fault('recipients', 'must be an array such as ["+14155550100", { "to": "+14155550101", "name": "Ann" }]');
  if (recipients.length > rules.maxRecipients)
    throw fault('recipients', `must hold at most ${rules.maxRecipients} people, and holds ${recipients.length}`);
  const reader = rules.readerFor(fields['defaultCountry']);
  const options = { reader, maxErrors: MOST_ERRORS, seed: rules.hashSeed, expected: recipients.length };
  const intake = new ListIntake(options);
  const work = new LongWork();
  for (const entry of recipients as unknown[]) {
    if (work.isLong()) await work.pause();
    intake.add(entry);
  }
  return intake.result();
}

function errorsOf({ checked }: CheckedPeople, source: ListSource | null): FieldError[] {
  const column = source?.column ?? null;
  return checked.invalid.slice(0, MOST_ERRORS).map(({ index, line, value, reason }) => ({
    path: line === null ? `recipients[${index}]` : `line ${line}`,
    ...(column === null ? {} : { column }),
    msg: reason,
    value,
  }));
}

function firstOf([first]: readonly FieldError[]): string {
  return first === undefined ? '' : ` The first: ${first.path} ${first.msg}.`;
}

const fault = (path: string, msg: string): ServiceError =>
  new ServiceError('invalid_request', `The field "${path}" ${msg}. Nothing was changed.`, {
    errors: [{ path, msg }],
    errorCount: 1,
  });
