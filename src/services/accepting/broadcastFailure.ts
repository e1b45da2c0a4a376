import { CameToNothingError, type ErrorCode } from '../../domain/errors';
import type { Batch } from '../../store/reading/batchReading';
import type { Broadcast } from '../../store/reading/broadcastStore';

/** Which of our answers stands for a refusal of Plivo's, by its HTTP status. */
const BY_PLIVO_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'plivo_refused_message',
  413: 'plivo_refused_message',
  422: 'plivo_refused_message',
  402: 'plivo_no_credit',
};

const RETRY_AFTER_SECONDS = 30;

/** The error that tells a waiting caller that the only call of the broadcast was refused and nobody was texted. */
export function failureOf(broadcast: Broadcast, batch: Batch | undefined): CameToNothingError {
  const error = batch?.error ?? { code: 'unknown', status: null, reason: 'Plivo did not take the message.' };
  const message = `Nobody was texted. ${error.reason}`;
  if (error.code === 'tries_used_up') {
    return new CameToNothingError('plivo_unavailable', message, {
      broadcastId: broadcast.id,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
  const byStatus = error.status === null ? undefined : BY_PLIVO_STATUS[error.status];
  const code = error.code === 'insufficient_credit' ? 'plivo_no_credit' : (byStatus ?? 'plivo_refused_account');
  return new CameToNothingError(code, message, { broadcastId: broadcast.id });
}
