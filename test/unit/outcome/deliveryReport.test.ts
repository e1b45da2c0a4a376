import fc from 'fast-check';
import { judgeReport, type DeliveryReport, type ReportedRecipient } from '../../../src/domain/outcome/deliveryReport';

const report = (change: Partial<DeliveryReport>): DeliveryReport => ({
  token: 't',
  recipient: '+14155550100',
  messageUuid: 'm-1',
  status: 'delivered',
  sequence: 2,
  errorCode: null,
  units: null,
  cost: null,
  ...change,
});
const nobodyReported = (status: ReportedRecipient['status']): ReportedRecipient => ({
  status,
  messageUuid: null,
  sequence: null,
});

describe('judging a delivery report', () => {
  it.each<[what: string, known: ReportedRecipient, report: Partial<DeliveryReport>, verdict: object]>([
    ['the first one', nobodyReported('queued'), {}, { kind: 'apply', status: 'delivered' }],
    ['of a batch in doubt', nobodyReported('unknown'), { status: 'sent' }, { kind: 'apply', status: 'sent' }],
    ['for what only we called failed', nobodyReported('failed'), {}, { kind: 'apply', status: 'delivered' }],
    ['for what Plivo called invalid', nobodyReported('invalid'), {}, { kind: 'apply', status: 'delivered' }],
    ['for what was cancelled', nobodyReported('cancelled'), {}, { kind: 'apply', status: 'delivered' }],
    ['of another message', { status: 'sent', messageUuid: 'm-2', sequence: 1 }, {}, { kind: 'ignore', why: 'foreign' }],
    [
      'that is known',
      { status: 'delivered', messageUuid: 'm-1', sequence: 2 },
      {},
      { kind: 'ignore', why: 'repeated' },
    ],
    [
      'that is older',
      { status: 'delivered', messageUuid: 'm-1', sequence: 2 },
      { status: 'sent', sequence: 1 },
      { kind: 'ignore', why: 'late' },
    ],
    [
      'that is newer than a final one',
      { status: 'failed', messageUuid: 'm-1', sequence: 2 },
      { sequence: 3 },
      { kind: 'ignore', why: 'late' },
    ],
    [
      'without a sequence, known',
      { status: 'sent', messageUuid: 'm-1', sequence: null },
      { status: 'sent', sequence: null },
      { kind: 'ignore', why: 'repeated' },
    ],
    [
      'without a sequence, new',
      { status: 'sent', messageUuid: 'm-1', sequence: 1 },
      { sequence: null },
      { kind: 'apply', status: 'delivered' },
    ],
    [
      'that goes back, without a sequence',
      { status: 'delivered', messageUuid: 'm-1', sequence: null },
      { status: 'sent', sequence: null },
      { kind: 'ignore', why: 'late' },
    ],
  ])('%s', (_what, known, change, verdict) => {
    expect(judgeReport(known, report(change))).toEqual(verdict);
  });

  const apply = (recipient: ReportedRecipient, one: DeliveryReport): ReportedRecipient => {
    const verdict = judgeReport(recipient, one);
    if (verdict.kind === 'ignore') return recipient;
    return { status: verdict.status, messageUuid: one.messageUuid, sequence: one.sequence ?? recipient.sequence };
  };

  it('ends in the final state whatever the order and however often the reports of a message come', () => {
    const final = fc.constantFrom('delivered' as const, 'undelivered' as const, 'failed' as const);
    const before = fc.constantFrom('queued' as const, 'unknown' as const, 'failed' as const, 'invalid' as const);
    const scenario = fc.tuple(final, before, fc.boolean()).chain(([end, start, numbered]) => {
      const story = (['queued', 'sent', end] as const).map((status, index) =>
        report({ status, sequence: numbered ? index + 1 : null }),
      );
      const last = story[2]!;
      const order = fc
        .array(fc.constantFrom(...story), { maxLength: 8 })
        .chain((others) => fc.shuffledSubarray([...others, last], { minLength: others.length + 1 }));
      return fc.tuple(fc.constant(end), fc.constant(start), order);
    });
    fc.assert(
      fc.property(scenario, ([end, start, reports]) => {
        expect(reports.reduce(apply, nobodyReported(start)).status).toBe(end);
      }),
    );
  });
});
