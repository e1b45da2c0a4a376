import type { Request } from 'express';
import { ServiceError } from '../../domain/errors';
import type { NumberReader } from '../../domain/numbers/phoneNumber';

/**
 * The phone number in a path in its canonical form, read like those in lists.
 *
 * @throws ServiceError `invalid_request` where it is none
 */
export function numberOf(req: Request, reader: NumberReader): string {
  const given = String(req.params['number']);
  const number = reader.read(given);
  if (number !== null) return number;
  const reason = reader.explain(given);
  throw new ServiceError('invalid_request', `The number in the path ${reason}.`, {
    errors: [{ path: 'number', msg: reason }],
    errorCount: 1,
  });
}
