import type { FailingAddress } from '../../store/telling/addressStore';
import type { Delivery } from '../../store/telling/deliveryReading';
import { iso } from './time';

/** What somebody was told, or is to be told, and each try. */
export const deliveryView = (delivery: Delivery) => ({
  id: delivery.id,
  event: delivery.event,
  url: delivery.url,
  status: delivery.status,
  broadcastId: delivery.broadcastId,
  createdAt: iso(delivery.createdAt),
  updatedAt: iso(delivery.statusUpdatedAt),
  nextAttemptAt: delivery.status === 'pending' ? iso(delivery.nextAttemptAt) : null,
  errorReason: delivery.errorReason,
  attempts: delivery.attempts.map(({ at, ...attempt }) => ({ at: iso(at), ...attempt })),
  payload: JSON.parse(delivery.payload) as object,
});

export const failingAddressView = ({ url, failingSince, putAsideAt }: FailingAddress) => ({
  url,
  failingSince: iso(failingSince),
  putAsideAt: iso(putAsideAt),
});
