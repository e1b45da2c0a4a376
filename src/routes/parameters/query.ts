import { isUtf8 } from 'node:buffer';
import type { Request } from 'express';
import { ServiceError } from '../../domain/errors';

const DEFAULT_LIMIT = 100;
const LARGEST_LIMIT = 1000;
/** What an integer column of PostgreSQL can be compared with. */
const LARGEST_IN_CURSOR = 2 ** 31 - 1;
/** Bytes of a name. */
const LONGEST_CURSOR = 1000;

/** Refuses parameters that a route does not know: a typing error must not be taken for "no filter". */
export function onlyParameters(req: Request, names: readonly string[]): void {
  const unknown = Object.keys(req.query).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw invalid(
    unknown.slice(0, 64),
    names.length === 0 ? 'is not known; this path takes none' : `is not known; use ${names.join(', ')}`,
  );
}

/** A whole number from 1 on; null where absent. */
export function placeOf(req: Request, name: string): number | null {
  const given = parameter(req, name);
  if (given === null) return null;
  if (!/^[1-9]\d{0,8}$/.test(given)) throw invalid(name, 'must be a whole number from 1 on');
  return Number(given);
}

/** `limit`: 1 to 1000, 100 where absent. */
export function limitOf(req: Request): number {
  const given = parameter(req, 'limit');
  if (given === null) return DEFAULT_LIMIT;
  const limit = /^\d{1,9}$/.test(given) ? Number(given) : 0;
  if (limit < 1 || limit > LARGEST_LIMIT) throw invalid('limit', `must be a whole number from 1 to ${LARGEST_LIMIT}`);
  return limit;
}

/** A parameter that must be one of a list; null where absent. */
export function choiceOf<T extends string>(req: Request, name: string, choices: readonly T[]): T | null {
  const given = parameter(req, name);
  if (given === null) return null;
  const choice = choices.find((one) => one === given);
  if (choice === undefined) throw invalid(name, `must be one of ${choices.join(', ')}`);
  return choice;
}

/** The whole numbers in a cursor that `cursorOf` made, none above `largest`; null where absent. */
export function afterOf(req: Request, parts: number, largest = LARGEST_IN_CURSOR): number[] | null {
  const given = parameter(req, 'cursor');
  if (given === null) return null;
  const decoded = Buffer.from(given, 'base64url').toString('latin1');
  const numbers = /^\d{1,15}(\.\d{1,15})*$/.test(decoded) ? decoded.split('.').map(Number) : [];
  if (numbers.length !== parts || numbers.some((number) => number > largest)) throw foreignCursor();
  return numbers;
}

/** Makes the opaque text that `next` shows. */
export const cursorOf = (...numbers: number[]): string =>
  Buffer.from(numbers.join('.'), 'latin1').toString('base64url');

/** As `afterOf`, of lists that are ordered by a name. */
export function nameAfterOf(req: Request): string | null {
  const given = parameter(req, 'cursor');
  if (given === null) return null;
  const bytes = Buffer.from(given, 'base64url');
  if (bytes.length === 0 || bytes.length > LONGEST_CURSOR || !isUtf8(bytes) || bytes.includes(0)) throw foreignCursor();
  return bytes.toString('utf8');
}

export const nameCursorOf = (name: string): string => Buffer.from(name).toString('base64url');

function parameter(req: Request, name: string): string | null {
  const value = req.query[name];
  if (value === undefined) return null;
  if (typeof value !== 'string' || value === '') throw invalid(name, 'must be given once and not be empty');
  return value;
}

const foreignCursor = () => invalid('cursor', 'is not one of ours; use the "next" of the page before as it is');

function invalid(path: string, msg: string): ServiceError {
  return new ServiceError('invalid_request', `The query parameter "${path}" ${msg}.`, {
    errors: [{ path, msg }],
    errorCount: 1,
  });
}
