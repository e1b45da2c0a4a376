import { closingTable } from '../../src/cli/demo/closingTable';
import { ledgerFaults } from '../../src/cli/demo/ledgerCheck';
import { leaks } from '../../src/cli/demo/logCheck';
import { createProgressLine } from '../../src/cli/demo/progressLine';
import { demoRecipients } from '../../src/cli/demo/recipients';
import type { BroadcastStatus } from '../../src/cli/calls/broadcastStatus';

const NOBODY = {
  queued: 0,
  sent: 0,
  delivered: 0,
  undelivered: 0,
  failed: 0,
  invalid: 0,
  optedOut: 0,
  cancelled: 0,
  unknown: 0,
};

const broadcast = (delivery: Partial<BroadcastStatus['delivery']>, status = 'completed'): BroadcastStatus => ({
  id: 'one',
  status,
  recipients: { submitted: 2503, accepted: 2500, duplicates: 3, invalid: 0, optedOut: 0 },
  batches: { total: 3, pending: 0, sending: 0, sent: 3, unconfirmed: 0, failed: 0 },
  delivery: { ...NOBODY, ...delivery },
  errors: [],
});

describe("the demo's people", () => {
  it('are 2,500, three of them listed twice, five of them invalid for Plivo', () => {
    const { distinct, submitted, invalidAtPlivo } = demoRecipients();
    expect(new Set(distinct).size).toBe(2500);
    expect(new Set(submitted).size).toBe(2500);
    expect(submitted).toHaveLength(2503);
    expect(new Set(invalidAtPlivo).size).toBe(5);
    expect(invalidAtPlivo.every((number) => distinct.includes(number))).toBe(true);
    expect(distinct.every((number) => /^\+(1415555|447700900)\d{3,4}$/.test(number))).toBe(true);
  });
});

describe('the check against the ledger', () => {
  const people = {
    distinct: ['+14155551001', '+14155551002', '+14155551003'],
    submitted: [],
    invalidAtPlivo: ['+14155551003'],
  };
  const told = [
    { recipient: '+14155551001', status: 'delivered' },
    { recipient: '+14155551002', status: 'undelivered' },
    { recipient: '+14155551003', status: 'invalid' },
  ];
  const states: Record<string, string> = { '+14155551001': 'delivered', '+14155551002': 'undelivered' };
  const ledger = (texts: [string, number][]) => ({
    texts: () => new Map(texts),
    textsOf: (number: string) => [{ state: states[number] }] as never,
  });
  const once: [string, number][] = [
    ['14155551001', 1],
    ['14155551002', 1],
  ];
  const end = broadcast({ delivered: 1, undelivered: 1, invalid: 1 });

  it('finds nothing when everybody got one text and both sides agree', () => {
    expect(ledgerFaults(ledger(once), people, end, told)).toEqual([]);
  });

  it.each([
    ['somebody got two', ledger([...once, ['14155551001', 2]]), end, told, '1 people got more than one text'],
    ['somebody got none', ledger(once.slice(1)), end, told, '1 people got no text'],
    ['an invalid number got one', ledger([...once, ['14155551003', 1]]), end, told, 'Plivo took 3 texts for 2 people'],
    ['the sides disagree', ledger(once), end, told.slice(1), 'of 1 people the service says something else than Plivo'],
    ['the broadcast failed', ledger(once), { ...end, status: 'failed' }, told, 'the broadcast ended as "failed"'],
    [
      'somebody is missing',
      ledger(once),
      broadcast({ delivered: 1, invalid: 1 }),
      told,
      '2 of 3 people are accounted for',
    ],
  ])('speaks up when %s', (_, simulator, status, lines, fault) => {
    expect(ledgerFaults(simulator, people, status, lines)).toContain(fault);
  });
});

describe('the check of the log', () => {
  const hidden = { text: 'Doors open', numbers: ['+14155551001'], secrets: ['s3cret-key'] };

  it.each([
    ['nothing', '{"message":"Listening","port":14155}', []],
    ['a number', 'to 14155551001', ['a phone number']],
    ['everything', '+14155551001 Doors open s3cret-key', ['a phone number', 'the text', 'a key or token']],
  ])('finds %s', (_, log, found) => {
    expect(leaks(log, hidden)).toEqual(found);
  });
});

describe('the progress line', () => {
  const half = broadcast({ queued: 1250, delivered: 1200, undelivered: 50 });

  it('is redrawn in place on a terminal, never wider than it', () => {
    const written: string[] = [];
    const line = createProgressLine({ isTTY: true, columns: 60, write: (text) => written.push(text) });
    line.show(half, 1000);
    line.end();
    const clear = '\r\u001b[2K';
    expect(written[0]!.startsWith(`${clear}${'█'.repeat(15)}${'░'.repeat(15)} 1,250/2,500 settled`)).toBe(true);
    expect(written[0]!.length).toBeLessThan(60 + clear.length);
    expect(written[1]).toBe('\n');
  });

  it('is a plain line now and then elsewhere, the last state included', () => {
    const written: string[] = [];
    const line = createProgressLine({ write: (text) => written.push(text) });
    for (const elapsedMs of [0, 80, 160, 1100, 1180]) line.show(half, elapsedMs);
    line.end();
    expect(written.map((text) => text.trim().split('  ').at(-1))).toEqual(['0.0 s', '1.1 s', '1.2 s']);
  });
});

it('the closing table counts everybody', () => {
  expect(closingTable(broadcast({ delivered: 2448, undelivered: 47, invalid: 5 }), 7400)).toEqual([
    '  recipients   2,500 (3 duplicates removed)',
    '  batches      3 (3 taken by Plivo)',
    '  delivered    2,448',
    '  undelivered  47',
    '  invalid      5 (refused by Plivo)',
    '  opted out    0',
    '  seconds      7.4',
  ]);
});
