import { parseStatusCallback } from '../../../src/routes/hearing/statusCallback';

const fields = { MessageUUID: 'm-1', To: '14155550100', Status: 'delivered', Sequence: '2' };
const parse = (change: object) => parseStatusCallback('token', { ...fields, ...change });

describe('a status callback', () => {
  it('is read with all that it says', () => {
    expect(parse({ ErrorCode: '30', Units: '2', TotalAmount: '0.0110', From: '14155550100', New: 'x' })).toEqual({
      kind: 'report',
      report: {
        token: 'token',
        recipient: '+14155550100',
        messageUuid: 'm-1',
        status: 'delivered',
        sequence: 2,
        errorCode: '30',
        units: 2,
        cost: '0.0110',
      },
    });
  });

  it.each([
    ['queued', 'queued'],
    ['SENT', 'sent'],
    [' delivered ', 'delivered'],
    ['read', 'delivered'],
    ['undelivered', 'undelivered'],
    ['failed', 'failed'],
    ['rejected', 'failed'],
  ])('with the status %j means %s', (word, status) => {
    expect(parse({ Status: word })).toMatchObject({ kind: 'report', report: { status } });
  });

  it.each([
    ['queued', { QueuedTime: '2026-05-04 10:20:30.123456', SentTime: '2026-05-04 10:20:31' }, 30_123],
    ['sent', { QueuedTime: '2026-05-04 10:20:30', SentTime: '2026-05-04T10:20:31' }, 31_000],
    ['delivered', { SentTime: '2026-05-04 10:20:31', DeliveryReportTime: '2026-05-04 10:20:32.5' }, 32_500],
    ['failed', { DeliveryReportTime: '2026-05-04 10:20:33.000000' }, 33_000],
  ])('that tells of %s says when that was, in UTC', (Status, times, afterMs) => {
    const happenedAt = Date.UTC(2026, 4, 4, 10, 20) + afterMs;
    expect(parse({ Status, ...times })).toMatchObject({ report: { happenedAt } });
  });

  it.each([undefined, '', 'yesterday', '2026-13-40 10:20:32', '2026-05-04', '2026-05-04 10:20:32+05:30'])(
    'that has %j for its time is taken without one',
    (DeliveryReportTime) => {
      const parsed = parse({ DeliveryReportTime });
      expect(parsed).toMatchObject({ kind: 'report' });
      expect(parsed).not.toHaveProperty('report.happenedAt');
    },
  );

  it.each(['14155550100', '+14155550100', '+1 (415) 555-0100', '1.415.555.0100', ' 14155550100 '])(
    'to %j is to the same person',
    (to) => {
      expect(parse({ To: to })).toMatchObject({ report: { recipient: '+14155550100' } });
    },
  );

  it.each([
    [{ ErrorCode: '' }, { errorCode: null }],
    [{ ErrorCode: '000' }, { errorCode: null }],
    [{ ErrorCode: '0' }, { errorCode: null }],
    [{ ErrorCode: '010' }, { errorCode: '010' }],
    [{ Sequence: '' }, { sequence: null }],
    [{ Sequence: undefined }, { sequence: null }],
    [{ Units: 'two' }, { units: null }],
    [{ TotalAmount: 'free' }, { cost: null }],
    [{ TotalAmount: '-1' }, { cost: null }],
    [{ TotalAmount: ['0.1', '0.2'] }, { cost: null }],
  ])('with %j is read as %j', (change, report) => {
    expect(parse(change)).toMatchObject({ kind: 'report', report });
  });

  it.each<[field: string, value: unknown]>([
    ['MessageUUID', ''],
    ['MessageUUID', undefined],
    ['MessageUUID', 'a/b'],
    ['MessageUUID', ['m-1', 'm-2']],
    ['Status', 'lost'],
    ['Status', '__proto__'],
    ['Status', ['sent', 'delivered']],
    ['To', ''],
    ['To', '0123'],
    ['To', '1'],
    ['To', '1234567890123456'],
    ['To', { a: 1 }],
    ['Sequence', '1.5'],
    ['Sequence', '1e3'],
    ['ErrorCode', 'a b'],
    ['ErrorCode', '1'.repeat(21)],
  ])('whose %s is %j makes no sense', (field, value) => {
    expect(parse({ [field]: value })).toEqual({ kind: 'nonsense', field, problem: expect.stringMatching(/^must be/) });
  });
});
