import { ServiceError, type FieldError } from '../errors';
import { OPERATOR_NAME } from './caller';
import { isScope, SCOPES, scopesAmong, type Scope } from './scopes';

export type NewKeyWish = {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly ownOnly: boolean;
  readonly dailyRecipients: number | null;
};

const FIELDS = ['name', 'scopes', 'ownOnly', 'dailyRecipients'];
/** What people call keys: shown in lists, logs and terminals. */
const NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N} ._@/-]{0,98}[\p{L}\p{N}])?$/u;
const LARGEST_LIMIT = 1_000_000_000;

/**
 * What key somebody wants, by a body as it came in.
 *
 * @throws ServiceError `invalid_request` naming every fault
 */
export function newKeyOf(body: unknown): NewKeyWish {
  const { name, scopes, ownOnly = null, dailyRecipients = null, ...others } = fieldsOf(body);
  const errors: FieldError[] = [
    ...Object.keys(others).map((path) => fault(path, `is not a known field; the fields are ${FIELDS.join(', ')}`)),
    ...unless(isName(name), 'name', 'must be 1 to 100 letters, digits, blanks, and . _ @ / -, and not API_KEY'),
    ...unless(isScopes(scopes), 'scopes', `must be an array of one or more of ${SCOPES.join(', ')}`),
    ...unless(ownOnly === null || typeof ownOnly === 'boolean', 'ownOnly', 'must be true or false'),
    ...unless(
      dailyRecipients === null || isCount(dailyRecipients),
      'dailyRecipients',
      `must be a whole number from 1 to ${LARGEST_LIMIT}`,
    ),
  ];
  if (errors.length > 0) throw invalid(errors);
  return {
    name: name as string,
    scopes: scopesAmong(scopes as unknown[]),
    ownOnly: ownOnly === true,
    dailyRecipients: dailyRecipients as number | null,
  };
}

const USUAL_OVERLAP_S = 86_400;
const LONGEST_OVERLAP_S = 30 * 86_400;

/**
 * For how many milliseconds the secret before goes on working, by the body of a rotation; a day where there is none.
 *
 * @throws ServiceError `invalid_request`
 */
export function overlapOf(body: unknown): number {
  const { overlapSeconds = null, ...others } = fieldsOf(body ?? {});
  const seconds = overlapSeconds ?? USUAL_OVERLAP_S;
  const errors = [
    ...Object.keys(others).map((path) => fault(path, 'is not a known field; the only one is overlapSeconds')),
    ...unless(
      typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 0 && seconds <= LONGEST_OVERLAP_S,
      'overlapSeconds',
      `must be a whole number from 0 to ${LONGEST_OVERLAP_S}`,
    ),
  ];
  if (errors.length > 0) throw invalid(errors);
  return (seconds as number) * 1000;
}

function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new ServiceError('invalid_request', 'The body must be a JSON object. Nothing was changed.');
  return body as Readonly<Record<string, unknown>>;
}

const isName = (name: unknown): boolean => typeof name === 'string' && NAME.test(name) && name !== OPERATOR_NAME;
const isScopes = (scopes: unknown): boolean => Array.isArray(scopes) && scopes.length > 0 && scopes.every(isScope);
const isCount = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= LARGEST_LIMIT;

const fault = (path: string, msg: string): FieldError => ({ path: path.slice(0, 64), msg });
const unless = (isFit: boolean, path: string, msg: string): FieldError[] => (isFit ? [] : [fault(path, msg)]);

const MOST_ERRORS = 100;

function invalid(errors: readonly FieldError[]): ServiceError {
  const [first] = errors;
  return new ServiceError('invalid_request', `The field "${first?.path}" ${first?.msg}. Nothing was changed.`, {
    errors: errors.slice(0, MOST_ERRORS),
    errorCount: errors.length,
  });
}
