import { ServiceError } from '../../domain/errors';
import type { Known } from '../../store/accepting/acceptStore';
import type { Idempotency } from '../../store/accepting/broadcastInsert';
import { requestHashOf, type BroadcastRequest } from './broadcastRequest';

/** The key that came with a request, and a hash of the request as it was submitted, before anything was read into it. */
export type SubmittedKey = { readonly key: string; readonly submittedHash: string };

/**
 * Tells hashes of what was submitted from those of the first releases, which are over what those made of it: there, a
 * new version or another setting may make another request of the same bytes.
 */
const AS_SUBMITTED = '2:';

const requestHashFor = ({ submittedHash }: SubmittedKey): string => `${AS_SUBMITTED}${submittedHash}`;

/** What is kept with the broadcast. */
export const idempotencyOf = (submitted: SubmittedKey): Idempotency => ({
  key: submitted.key,
  requestHash: requestHashFor(submitted),
});

/** Whether the hash is of the first releases: what it stands for must be read before it can be compared. */
export const isOverWhatWasRead = ({ requestHash }: Known): boolean => !requestHash.startsWith(AS_SUBMITTED);

/**
 * Nothing where the first answer may be given again. `request` is what was read of a repetition; null where it could not
 * be read, which is no repetition of one that was accepted.
 *
 * @throws ServiceError `key_reused` where the key stands for another request, `in_progress` where its caller still waits
 */
export async function refuseReplay(
  known: Known,
  submitted: SubmittedKey,
  request: BroadcastRequest | null,
): Promise<void> {
  if (!(await isSame(known, submitted, request))) {
    throw keyReused();
  }
  if (known.isAnswering && known.firstAnswer === null) {
    throw new ServiceError('in_progress', 'The first request with this Idempotency-Key is still being answered.', {
      broadcastId: known.id,
      retryAfterSeconds: 1,
    });
  }
}

export const keyReused = (): ServiceError =>
  new ServiceError(
    'key_reused',
    'This Idempotency-Key was used for another request. Use a new key, or send the same request again.',
  );

async function isSame(known: Known, submitted: SubmittedKey, request: BroadcastRequest | null): Promise<boolean> {
  if (!isOverWhatWasRead(known)) return known.requestHash === requestHashFor(submitted);
  return request !== null && known.requestHash === (await requestHashOf(request));
}
