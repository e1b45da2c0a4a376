import type { Request } from 'express';
import { ServiceError } from '../../domain/errors';
import { UUID } from './uuid';

/**
 * The broadcast's id in a path, in lower case.
 *
 * @throws ServiceError `not_found`: anything else than an id of ours names nothing
 */
export function broadcastIdOf(req: Request): string {
  const id = req.params['id'];
  if (typeof id !== 'string' || !UUID.test(id))
    throw new ServiceError('not_found', 'There is no broadcast with this id.');
  return id.toLowerCase();
}
