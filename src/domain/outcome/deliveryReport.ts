import { REPORTED_STATES, type RecipientStatus, type ReportedStatus } from '../states/recipientState';
import { nextState } from '../states/stateTable';

/** What one status callback says (Plivo docs: "Message status callbacks"). */
export type DeliveryReport = {
  /** From the callback's address; names the batch. */
  readonly token: string;
  /** Plivo's `To`, in E.164 form. */
  readonly recipient: string;
  readonly messageUuid: string;
  readonly status: ReportedStatus;
  /** The order in which Plivo made the reports of one message. */
  readonly sequence: number | null;
  readonly errorCode: string | null;
  readonly units: number | null;
  /** Decimal text, as Plivo wrote it. */
  readonly cost: string | null;
  /** When what it tells of happened, by Plivo's clock, in milliseconds since 1970; not there where it does not say. */
  readonly happenedAt?: number;
};

/** What is known of the recipient before the report. */
export type ReportedRecipient = {
  readonly status: RecipientStatus;
  readonly messageUuid: string | null;
  readonly sequence: number | null;
};

export type ReportVerdict =
  | { readonly kind: 'apply'; readonly status: RecipientStatus }
  /** `repeated`: known already. `late`: something newer or final is known. `foreign`: another message of this person's. */
  | { readonly kind: 'ignore'; readonly why: 'repeated' | 'late' | 'foreign' };

/**
 * Forward only, whatever the order in which reports arrive: an older `Sequence` never wins, and what Plivo called final
 * stays. A state that we set without any report (`failed`, say) gives way to the first one.
 */
export function judgeReport(recipient: ReportedRecipient, report: DeliveryReport): ReportVerdict {
  if (recipient.messageUuid !== null && recipient.messageUuid !== report.messageUuid) {
    return { kind: 'ignore', why: 'foreign' };
  }
  if (recipient.sequence !== null && report.sequence !== null && report.sequence <= recipient.sequence) {
    return { kind: 'ignore', why: report.sequence === recipient.sequence ? 'repeated' : 'late' };
  }
  const isFirst = recipient.messageUuid === null && recipient.sequence === null;
  const known: RecipientStatus = isFirst && recipient.status === 'failed' ? 'unknown' : recipient.status;
  const status = nextState(REPORTED_STATES, known, report.status);
  if (status === null) return { kind: 'ignore', why: known === report.status ? 'repeated' : 'late' };
  return { kind: 'apply', status };
}
