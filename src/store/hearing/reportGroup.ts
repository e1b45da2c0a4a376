import type { BatchStatus } from '../../domain/states/batchState';
import { describeErrorCode } from '../../domain/outcome/plivoErrorCodes';
import { judgeReport, type DeliveryReport, type ReportedRecipient } from '../../domain/outcome/deliveryReport';
import type { RecipientStatus } from '../../domain/states/recipientState';
import { CounterChanges } from '../state/counts/counters';
import type { AnsweredCall } from './answeredUuids';
import { CountryBills } from './countryBills';

/** What became of a report: `unknown_token` and `unknown_recipient` changed nothing and name nobody we texted. */
export type ReportResult = 'applied' | 'ignored' | 'unknown_token' | 'unknown_recipient';

/** A report with its recipient's country (ISO 3166), for adding up what was billed. */
export type LocatedReport = DeliveryReport & { readonly country: string };

/** What is known of a report's recipient before it. */
export type FoundRow = {
  /** Which of the reports. */
  place: number;
  broadcast_key: number;
  batch_number: number;
  batch_status: BatchStatus;
  position: number;
  /** The canonical number, whichever was sent. */
  phone: string;
  status: RecipientStatus;
  plivo_message_uuid: string | null;
  sequence: number | null;
  units: number | null;
  cost: string | null;
  claimed_at: number | null;
  claim_number: number;
  is_answered: boolean | number;
  second_message_uuid: string | null;
  /** The report's uuid is bound to somebody else. */
  is_uuid_taken: boolean | number;
};

export type SecondText = { broadcastKey: number; batchNumber: number; position: number; uuid: string };

export const callOf = (row: FoundRow): AnsweredCall => ({
  broadcastKey: row.broadcast_key,
  number: row.batch_number,
  claimNumber: row.claim_number,
});

export type ChangedRecipient = ReportedRecipient & {
  phone: string;
  broadcastKey: number;
  batchNumber: number;
  position: number;
  errorCode: string | null;
  units: number | null;
  cost: string | null;
};

/**
 * The reports of one group, applied in memory one after another: two of them may concern the same person.
 */
export class ReportGroup {
  readonly counters = new Map<number, CounterChanges>();
  /** Batches that we did not know to be sent; a report is the proof. */
  readonly proven = new Map<string, { broadcastKey: number; number: number }>();
  readonly bills = new CountryBills();
  /** Who is blocked at Plivo by a STOP, and when their batch was claimed. */
  readonly blocked = new Map<string, number>();
  readonly #recipients = new Map<string, ChangedRecipient>();
  readonly #changed = new Set<string>();

  readonly #boundUuids = new Map<string, string>();
  readonly #secondTexts = new Map<string, SecondText>();
  readonly #uuidsOf: (call: AnsweredCall) => ReadonlySet<string> | null;

  constructor(uuidsOf: (call: AnsweredCall) => ReadonlySet<string> | null) {
    this.#uuidsOf = uuidsOf;
  }

  apply(report: LocatedReport, row: FoundRow): ReportResult {
    const key = `${row.broadcast_key}/${row.batch_number}/${row.position}`;
    if (this.#isSecondText(report, row, key)) return 'applied';
    const recipient = this.#recipients.get(key) ?? knownRecipient(row);
    const verdict = judgeReport(recipient, report);
    if (verdict.kind === 'ignore') return 'ignored';
    // A message belongs to one person: a uuid that is bound elsewhere makes no sense here.
    if (row.is_uuid_taken || (this.#boundUuids.get(report.messageUuid) ?? key) !== key) return 'ignored';

    this.bills.add(row.broadcast_key, report, recipient);
    this.#noteBlock(report, row);
    this.#boundUuids.set(report.messageUuid, key);
    this.countersOf(row.broadcast_key).moveRecipients(recipient.status, verdict.status, 1);
    this.#recipients.set(key, {
      ...recipient,
      status: verdict.status,
      messageUuid: report.messageUuid,
      sequence: report.sequence ?? recipient.sequence,
      errorCode: report.errorCode ?? recipient.errorCode,
      units: report.units ?? recipient.units,
      cost: report.cost ?? recipient.cost,
    });
    this.#changed.add(key);
    if (row.batch_status !== 'sent' && row.batch_status !== 'sending') {
      this.proven.set(`${row.broadcast_key}/${row.batch_number}`, {
        broadcastKey: row.broadcast_key,
        number: row.batch_number,
      });
    }
    return 'applied';
  }

  /** A message that is not among those of the batch's own answer is of an earlier call of it: this person has two. */
  #isSecondText(report: LocatedReport, row: FoundRow, key: string): boolean {
    const own = row.is_answered ? this.#uuidsOf(callOf(row)) : null;
    if (own === null || own.has(report.messageUuid)) return false;
    this.#noteBlock(report, row);
    if (row.second_message_uuid === null)
      this.#secondTexts.set(key, {
        broadcastKey: row.broadcast_key,
        batchNumber: row.batch_number,
        position: row.position,
        uuid: report.messageUuid,
      });
    return true;
  }

  #noteBlock(report: LocatedReport, row: FoundRow): void {
    if (report.errorCode !== null && describeErrorCode(report.errorCode).follow === 'opt_out')
      this.blocked.set(row.phone, row.claimed_at ?? 0);
  }

  secondTexts(): SecondText[] {
    return [...this.#secondTexts.values()];
  }

  countersOf(broadcastKey: number): CounterChanges {
    const changes = this.counters.get(broadcastKey) ?? new CounterChanges();
    this.counters.set(broadcastKey, changes);
    return changes;
  }

  changedRecipients(): ChangedRecipient[] {
    return [...this.#recipients].filter(([key]) => this.#changed.has(key)).map(([, recipient]) => recipient);
  }
}

const knownRecipient = (row: FoundRow): ChangedRecipient => ({
  phone: row.phone,
  broadcastKey: row.broadcast_key,
  batchNumber: row.batch_number,
  position: row.position,
  status: row.status,
  messageUuid: row.plivo_message_uuid,
  sequence: row.sequence,
  errorCode: null,
  units: row.units,
  cost: row.cost,
});
