import { describeErrorCode } from '../domain/plivoErrorCodes';
import type { Batch, Broadcast } from '../store/broadcastStore';
import type { AccountFault } from '../store/pacingStore';
import type { Recipient } from '../store/recipientStore';

const iso = (millis: number | null): string | null => (millis === null ? null : new Date(millis).toISOString());

/** What goes with a broadcast beyond its own row. */
export type BroadcastExtras = {
  /** Batches that failed or whose outcome is unknown. */
  readonly inTrouble: readonly Batch[];
  /** What stops dispatch at present; shown where the broadcast still has batches to send. */
  readonly fault: AccountFault | null;
  /** Given where the request waited. */
  readonly responses: readonly Batch[] | null;
};

/** A broadcast as callers see it. */
export function broadcastView(broadcast: Broadcast, { inTrouble, fault, responses }: BroadcastExtras) {
  const self = `/broadcast/${broadcast.id}`;
  const waitsForAccount = fault !== null && broadcast.batches.pending > 0;
  return {
    id: broadcast.id,
    message: `Broadcast request accepted for ${broadcast.accepted} recipients.`,
    status: broadcast.status,
    name: broadcast.name,
    createdAt: iso(broadcast.createdAt),
    sendAt: iso(broadcast.scheduledAt),
    processedAt: iso(broadcast.processedAt),
    recipients: {
      submitted: broadcast.submitted,
      accepted: broadcast.accepted,
      duplicates: broadcast.duplicates,
      invalid: broadcast.invalidAtAcceptance,
      optedOut: broadcast.optedOutAtAcceptance,
    },
    batches: { total: broadcast.batchesTotal, ...broadcast.batches },
    delivery: broadcast.recipients,
    segments: {
      encoding: broadcast.encoding,
      perMessage: broadcast.segmentsPerMessage,
      total: broadcast.segmentsPerMessage * broadcast.accepted,
    },
    ...(responses === null ? {} : { plivoResponses: responses.flatMap(plivoResponse) }),
    errors: [
      ...(broadcast.pauseReason === null ? [] : [{ code: 'paused_by_failures', message: broadcast.pauseReason }]),
      ...(waitsForAccount ? [accountError(fault)] : []),
      ...inTrouble.flatMap(batchError),
    ],
    links: { self, recipients: `${self}/recipients`, batches: `${self}/batches` },
  };
}

function plivoResponse({ number, answer }: Batch) {
  if (answer === null) return [];
  const { apiId, message, messageUuids, invalidNumbers } = answer;
  return [{ batch: number, apiId, message, messageUuid: messageUuids, invalidNumber: invalidNumbers }];
}

const accountError = (fault: AccountFault) => ({
  code: fault.code,
  plivoStatus: fault.status,
  message: `Dispatch is paused and tries again by itself. ${fault.reason}`,
  since: iso(fault.since),
});

const batchError = ({ number, size, status, error }: Batch) =>
  error === null
    ? []
    : [{ batch: number, recipients: size, status, code: error.code, plivoStatus: error.status, message: error.reason }];

export const batchView = (batch: Batch) => ({
  number: batch.number,
  size: batch.size,
  status: batch.status,
  attempts: batch.attempts,
  lastError:
    batch.error === null
      ? null
      : { code: batch.error.code, plivoStatus: batch.error.status, message: batch.error.reason },
  plivoResponse: plivoResponse(batch)[0] ?? null,
  claimedAt: iso(batch.claimedAt),
  updatedAt: iso(batch.statusUpdatedAt),
});

export const recipientView = (recipient: Recipient) => ({
  recipient: recipient.number,
  status: recipient.status,
  messageUuid: recipient.messageUuid,
  errorCode: recipient.errorCode,
  errorReason:
    recipient.errorReason ?? (recipient.errorCode === null ? null : describeErrorCode(recipient.errorCode).meaning),
  units: recipient.units,
  cost: recipient.cost,
  batch: recipient.batch,
  updatedAt: iso(recipient.updatedAt),
});

export type RecipientView = ReturnType<typeof recipientView>;
