import { createPacesOf, parseSenderRates, queueNameOf, type SenderRates } from '../../../src/domain/plan/senderRates';

const POWERPACK = '5f1d7a3e-9b0c-4c1e-8d2f-0123456789ab';

const ratesOf = (read: SenderRates) =>
  Object.fromEntries([...read].map(([queue, { unitsPerSecond }]) => [queue, unitsPerSecond]));

describe('The rates of senders are read from', () => {
  test.each<[what: string, text: string, rates: Record<string, number>]>([
    ['one of them', '+14155550100:1.25', { '14155550100': 1.25 }],
    ['several, with blanks', ' +14155550100:1.25, ACME:5 ,55555: 100', { '14155550100': 1.25, acme: 5, '55555': 100 }],
    ['a Powerpack by its uuid', `${POWERPACK}:12`, { [POWERPACK.replaceAll('-', '')]: 12 }],
    ['a name of two words', 'ACME Shop:5', { acmeshop: 5 }],
    ['a campaign of a well vetted brand', '+14155550100:10dlc-high', { '14155550100': 75 }],
    ['one of a brand with a fair score', '+14155550100:10dlc-medium', { '14155550100': 40 }],
    ['one of a brand without vetting', '+14155550100:10dlc-low', { '14155550100': 4 }],
    ['a toll-free number', '+18005550100:tollfree', { '18005550100': 25 }],
    ['a short code', '55555:shortcode', { '55555': 100 }],
    ['a Canadian long code, fifteen a minute', '+16135550100:ca-longcode', { '16135550100': 0.25 }],
  ])('%s', (_what, text, rates) => {
    const read = parseSenderRates(text);
    expect('problem' in read ? read : ratesOf(read)).toEqual(rates);
  });

  test.each([
    ['nothing', '', 'is not SENDER:RATE'],
    ['a sender alone', '+14155550100', 'is not SENDER:RATE'],
    ['a sender without its rate', 'ACME:', 'is not SENDER:RATE'],
    ['a rate alone', ':5', 'is not SENDER:RATE'],
    ['a comma too many', 'ACME:5,', 'is not SENDER:RATE'],
    ['a rate of nothing', 'ACME:0', 'the rate "0"'],
    ['a rate that nobody could wait for', 'ACME:0.0009', 'a number from 0.001 on'],
    ['a rate below nothing', 'ACME:-1', 'the rate "-1"'],
    ['no end of a rate', 'ACME:Infinity', 'the rate "Infinity"'],
    ['an unknown preset', 'ACME:10dlc', 'the rate "10dlc"'],
    ['what every object has', 'ACME:constructor', 'the rate "constructor"'],
    ['a name that is too long', 'TwelveLetter:5', 'the sender "TwelveLetter"'],
    ['one number twice', '+14155550100:1,14155550100:2', 'twice'],
  ])('but not from %s', (_what, text, problem) => {
    expect(parseSenderRates(text)).toEqual({ problem: expect.stringContaining(problem) });
  });
});

describe('What holds for a sender', () => {
  const account = { unitsPerSecond: 5, horizonMs: 1000 };
  const rates = new Map([['acme', { sender: 'ACME', unitsPerSecond: 2 }]]);

  test.each<[what: string, sender: string, unitsPerSecond: number | undefined]>([
    ['is its own rate', 'ACME', 2],
    ['however it is spelled', 'a c m e', 2],
    ['and none where it has none', '+14155550100', undefined],
  ])('%s', (_what, sender, unitsPerSecond) => {
    const paces = createPacesOf(account, rates, 1000)(sender);
    expect(paces.account).toEqual(account);
    expect(paces.sender?.unitsPerSecond).toBe(unitsPerSecond);
  });

  test('is known without a rate of the account', () => {
    expect(createPacesOf(null, rates, 1000)('ACME')).toEqual({
      account: null,
      sender: { queue: 'acme', unitsPerSecond: 2, horizonMs: 1000 },
    });
  });

  test('is one queue for all spellings of a number', () => {
    expect(queueNameOf('+14155550100')).toBe(queueNameOf('14155550100'));
    expect(queueNameOf('+14155550100')).not.toBe(queueNameOf('+14155550101'));
  });
});
