import type { RequestHandler } from 'express';
import { validationResult } from 'express-validator';
import { ServiceError, type FieldError } from '../../domain/errors';

/** So many are named; their true number is told. */
export const MOST_ERRORS = 100;

/** Faults that one field has several of; express-validator knows one per field. */
export class Faults {
  constructor(
    readonly errors: readonly FieldError[],
    readonly count: number,
  ) {}

  /** Of an Error, express-validator keeps the message only; anything else that is thrown it hands on whole. */
  throw(): never {
    throw this as unknown as Error;
  }
}

/** For one fault; null is none. */
export function refuse(problem: string | null): true {
  if (problem !== null) throw new Error(problem);
  return true;
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

/** Fit to be shown: at most 64 characters, none of which is invisible. */
export const shortened = (text: string) =>
  (text.length > 64 ? `${text.slice(0, 63)}…` : text).replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd');
