import { ServiceError } from '../../domain/errors';
import type { Known } from '../../store/accepting/acceptStore';
import type { Idempotency } from '../../store/accepting/broadcastInsert';
import { requestHashOf, type BroadcastRequest } from './broadcastRequest';

/** The key with what tells whether it comes with the same request again; null without a key. */
export async function idempotencyOf(key: string | null, request: BroadcastRequest): Promise<Idempotency | null> {
  return key === null ? null : { key, requestHash: await requestHashOf(request) };
}

/**
 * Nothing where the first answer may be given again.
 *
 * @throws ServiceError `key_reused` where the key stands for another request, `in_progress` where its caller still waits
 */
export function refuseReplay(known: Known): void {
  if (!known.sameRequest) {
    throw new ServiceError(
      'key_reused',
      'This Idempotency-Key was used for another request. Use a new key, or send the same request again.',
    );
  }
  if (known.isAnswering && known.firstAnswer === null) {
    throw new ServiceError('in_progress', 'The first request with this Idempotency-Key is still being answered.', {
      broadcastId: known.id,
      retryAfterSeconds: 1,
    });
  }
}
