import type { Logger } from '../../../config/logger';
import type { Timers } from '../../domain/time/timers';
import type { DeliveryReport } from '../../domain/outcome/deliveryReport';
import { ServiceError } from '../../domain/errors';
import { describeErrorCode } from '../../domain/outcome/plivoErrorCodes';
import type { FaultStore } from '../../store/sending/faultStore';
import type { ReportResult } from '../../store/hearing/reportGroup';
import type { ReportStore } from '../../store/hearing/reportStore';

export type ReceiptServiceDeps = {
  readonly reports: ReportStore;
  readonly faults: Pick<FaultStore, 'current' | 'record'>;
  /** ISO 3166. */
  readonly countryOf: (number: string) => string;
  readonly logger: Logger;
  readonly timers: Pick<Timers, 'nextTurn'>;
};

export type ReceiptService = {
  /**
   * Resolves when what the report says is committed; rejects when it could not be.
   *
   * @throws ServiceError `overloaded` when so many wait already that memory would grow
   */
  receive(report: DeliveryReport): Promise<ReportResult>;
};

/** Reports come in faster than they can be committed; Plivo sends them again. */
const overloaded = () =>
  new ServiceError('overloaded', 'Too many delivery reports wait to be stored.', { retryAfterSeconds: 10 });

type Waiting = {
  readonly report: DeliveryReport;
  readonly resolve: (result: ReportResult) => void;
  readonly reject: (error: unknown) => void;
};

/** Plivo refuses all sends for two minutes after a message failed for lack of credit. */
const FIRST_RETRY_MS = 30_000;
const LARGEST_GROUP = 1000;
const MOST_WAITING = 20_000;

/**
 * Group commit: reports that come while a group is being committed make up the next one, so that a commit (one fsync)
 * carries as many as the load asks for, and a lone report waits for nobody.
 */
export function createReceiptService({
  reports,
  faults,
  countryOf,
  logger,
  timers,
}: ReceiptServiceDeps): ReceiptService {
  let waiting: Waiting[] = [];
  let committing = false;

  async function commitGroups(): Promise<void> {
    committing = true;
    // One turn of the event loop lets requests that were read together go together.
    await timers.nextTurn();
    while (waiting.length > 0) {
      const group = waiting.slice(0, LARGEST_GROUP);
      waiting = waiting.slice(LARGEST_GROUP);
      await commitGroup(group);
    }
    committing = false;
  }

  async function commitGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const results = await reports.applyReports(
        group.map(({ report }) => ({ ...report, country: countryOf(report.recipient) })),
      );
      await stopWithoutCredit(group.filter((_, index) => results[index] === 'applied'));
      group.forEach(({ resolve }, index) => resolve(results[index] ?? 'ignored'));
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  /** A message that failed for lack of credit tells that the next batch would fail too. */
  async function stopWithoutCredit(applied: readonly Waiting[]): Promise<void> {
    const code = applied
      .map(({ report }) => report.errorCode)
      .find((each) => each !== null && describeErrorCode(each).follow === 'pause_account');
    if (code === undefined || code === null || (await faults.current())?.kind === 'account') return;
    const reason = `Plivo reports: ${describeErrorCode(code).meaning}`;
    await faults.record({ code: 'insufficient_credit', status: null, reason }, () => FIRST_RETRY_MS);
    logger.error('Plivo reports a lack of credit: dispatch pauses and tries again later', { errorCode: code });
  }

  return {
    receive(report) {
      if (waiting.length >= MOST_WAITING) return Promise.reject(overloaded());
      return new Promise((resolve, reject) => {
        waiting.push({ report, resolve, reject });
        if (!committing) void commitGroups();
      });
    },
  };
}
