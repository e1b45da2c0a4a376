import { setImmediate as turn } from 'node:timers/promises';
import type { ServiceError } from '../../../src/domain/errors';
import { createInboundService } from '../../../src/services/hearing/inboundService';
import { createReceiptService } from '../../../src/services/hearing/receiptService';

const silent = { error: jest.fn(), warn: jest.fn(), info: jest.fn(), debug: jest.fn() };

/** A database that answers when it is let. */
function busyDatabase() {
  let isLetGo: () => void = () => undefined;
  const letGo = new Promise<void>((resolve) => (isLetGo = resolve));
  return { letGo: () => isLetGo(), until: () => letGo };
}

async function outcomes(asked: readonly Promise<unknown>[], letGo: () => void) {
  const answers = asked.map((one) =>
    one.then(
      () => 'taken',
      (error: unknown) => (error as ServiceError).code,
    ),
  );
  const early = await Promise.race([answers.at(-1), turn('waits')]);
  letGo();
  const all = await Promise.all(answers);
  return {
    early,
    taken: all.filter((one) => one === 'taken').length,
    shed: all.filter((one) => one === 'overloaded').length,
  };
}

describe('what Plivo posts faster than it can be stored', () => {
  it('is shed of delivery reports beyond those that memory may hold, at once, and taken again afterwards', async () => {
    const database = busyDatabase();
    const receipts = createReceiptService({
      reports: {
        applyReports: async (reports: readonly unknown[]) => {
          await database.until();
          return reports.map(() => 'applied' as const);
        },
      },
      faults: {} as never,
      countryOf: () => 'US',
      logger: silent,
      timers: { nextTurn: () => turn() },
    });
    const report = { recipient: '+14155550101', errorCode: null } as never;
    const flood = Array.from({ length: 20_100 }, () => receipts.receive(report));
    expect(await outcomes(flood, database.letGo)).toEqual({ early: 'overloaded', taken: 20_000, shed: 100 });
    expect(await receipts.receive(report)).toBe('applied');
  });

  it('is shed of texts that come in, too, and keeps its place for when Plivo posts it again', async () => {
    const database = busyDatabase();
    let now = 0;
    const missed: number[] = [];
    const ages = new Map<string, number>();
    const inbound = createInboundService({
      inbound: {
        async keep({ messageUuid }, heard) {
          await database.until();
          ages.set(messageUuid, heard!.arrivedMsAgo());
          return { kind: 'kept', keyword: 'optOut', changed: true, needsReview: false, waiting: null };
        },
      },
      readReply: () => 'optOut',
      numbers: { canonicalOf: (number) => number },
      replies: { optOut: 'Bye', optIn: null, help: null },
      hearing: { missed: (at) => missed.push(at), deafTimes: () => [] },
      timers: { monotonicMs: () => now },
      logger: silent,
    });
    const receive = (place: number) =>
      inbound.receive(
        { messageUuid: `uuid-${place}`, from: '+14155550101', to: '+14155550100', text: 'STOP', intent: null },
        { mayOptIn: true },
      );
    const flood = Array.from({ length: 5010 }, (_, place) => receive(place));
    expect(await outcomes(flood, database.letGo)).toEqual({ early: 'overloaded', taken: 5000, shed: 10 });
    expect(missed).toHaveLength(10);
    now = 60_000;
    expect(await receive(5009)).toBe('Bye');
    expect(ages.get('uuid-5009')).toBe(60_000);
  });
});
