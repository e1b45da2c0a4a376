import type { Request } from 'express';
import { ServiceError } from '../../domain/errors';
import type { NumberCheck } from '../../domain/numbers/phoneNumber';

/**
 * The phone number in a path, in E.164 form; the "+", which is easily lost in addresses, may be left out.
 *
 * @throws ServiceError `invalid_request` where it is none
 */
export function numberOf(req: Request, check: NumberCheck): string {
  const given = String(req.params['number']);
  const number = /^\d/.test(given) ? `+${given}` : given;
  const reason = check(number);
  if (reason === null) return number;
  throw new ServiceError('invalid_request', `The number in the path ${reason}.`, {
    errors: [{ path: 'number', msg: reason }],
    errorCount: 1,
  });
}
