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
