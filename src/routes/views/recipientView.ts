import { describeErrorCode } from '../../domain/outcome/plivoErrorCodes';
import type { Participation } from '../../store/reading/personStore';
import type { Recipient } from '../../store/reading/recipientStore';
import type { TextOutcome } from '../../store/reading/textOutcome';
import { iso } from './time';

/** What became of one person in one broadcast. */
const outcomeView = (outcome: TextOutcome) => ({
  status: outcome.status,
  messageUuid: outcome.messageUuid,
  // Hardly ever there.
  ...(outcome.secondMessageUuid === null ? {} : { secondMessageUuid: outcome.secondMessageUuid }),
  errorCode: outcome.errorCode,
  errorReason:
    outcome.errorReason ?? (outcome.errorCode === null ? null : describeErrorCode(outcome.errorCode).meaning),
  units: outcome.units,
  cost: outcome.cost,
  batch: outcome.batch,
  updatedAt: iso(outcome.updatedAt),
  notBefore: iso(outcome.notBefore),
  // Where all are told the same, the broadcast says it.
  ...(outcome.text === null ? {} : { text: outcome.text }),
});

export const recipientView = (recipient: Recipient) => ({
  recipient: recipient.number,
  ...outcomeView(recipient),
  optedOutAt: iso(recipient.optedOutAt),
});

export const participationView = (participation: Participation) => ({
  broadcastId: participation.broadcastId,
  name: participation.name,
  test: participation.isTest,
  createdAt: iso(participation.createdAt),
  broadcastStatus: participation.broadcastStatus,
  ...outcomeView(participation),
  links: { broadcast: `/broadcast/${participation.broadcastId}` },
});

export type RecipientView = ReturnType<typeof recipientView>;
