import type { DeliveryReport } from '../domain/deliveryReport';
import type { ReportResult, ReportStore } from '../store/reportStore';

export type ReceiptService = {
  /**
   * Resolves when what the report says is committed; rejects when it could not be.
   *
   * @throws TooManyReportsError when so many wait already that memory would grow
   */
  receive(report: DeliveryReport): Promise<ReportResult>;
};

/** Reports come in faster than they can be committed; Plivo sends them again. */
export class TooManyReportsError extends Error {}

type Waiting = {
  readonly report: DeliveryReport;
  readonly resolve: (result: ReportResult) => void;
  readonly reject: (error: unknown) => void;
};

const LARGEST_GROUP = 1000;
const MOST_WAITING = 20_000;

/**
 * Group commit: reports that come while a group is being committed make up the next one, so that a commit (one fsync)
 * carries as many as the load asks for, and a lone report waits for nobody.
 */
export function createReceiptService({ reports }: { reports: ReportStore }): ReceiptService {
  let waiting: Waiting[] = [];
  let committing = false;

  async function commitGroups(): Promise<void> {
    committing = true;
    // One turn of the event loop lets requests that were read together go together.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const group = waiting.slice(0, LARGEST_GROUP);
      waiting = waiting.slice(LARGEST_GROUP);
      await commitGroup(group);
    }
    committing = false;
  }

  async function commitGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const results = await reports.applyReports(group.map(({ report }) => report));
      group.forEach(({ resolve }, index) => resolve(results[index] ?? 'ignored'));
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  return {
    receive(report) {
      if (waiting.length >= MOST_WAITING) return Promise.reject(new TooManyReportsError());
      return new Promise((resolve, reject) => {
        waiting.push({ report, resolve, reject });
        if (!committing) void commitGroups();
      });
    },
  };
}
