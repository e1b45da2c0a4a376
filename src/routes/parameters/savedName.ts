import type { Request } from 'express';
import { ServiceError } from '../../domain/errors';
import { savedNameProblem } from '../../domain/audience/savedName';

/**
 * The name of a saved list or template in a path, composed (NFC).
 *
 * @throws ServiceError `invalid_request` where nothing can be called so
 */
export function savedNameOf(req: Request): string {
  const name = req.params['name'];
  const msg = savedNameProblem(name);
  if (msg === null && typeof name === 'string') return name.normalize('NFC');
  throw new ServiceError('invalid_request', `The name in the path ${msg ?? 'is missing'}.`, {
    errors: [{ path: 'name', msg: msg ?? 'is missing' }],
    errorCount: 1,
  });
}
