import fc from 'fast-check';
import {
  createOriginOf,
  isAlphanumeric,
  nameOf,
  parseSenderMap,
  reaches,
  senderProblem,
  type Origin,
  type SenderMap,
} from '../../../src/domain/plan/senders';

const POWERPACK = '5f1d7a3e-9b0c-4c1e-8d2f-0123456789ab';

describe('Texts can come from', () => {
  test.each([
    ['a number', '+14155550100'],
    ['a number without plus', '14155550100'],
    ['a short code', '55555'],
    ['the shortest short code', '123'],
    ['the longest number', '+123456789012345'],
    ['a name', 'ACME'],
    ['a name of eleven letters', 'AcmeHolding'],
    ['a name of digits with one letter', '4you'],
    ['a name of two words', 'ACME Shop'],
  ])('%s', (_what, text) => {
    expect(senderProblem(text)).toBeNull();
  });

  test.each([
    ['nothing', ''],
    ['blanks', '   '],
    ['two digits', '12'],
    ['more digits than E.164 allows', '1234567890123456'],
    ['a plus alone', '+'],
    ['a number with blanks', '+1 415 555 0100'],
    ['a name of twelve letters', 'TwelveLetter'],
    ['a name with an accent', 'Café'],
    ['a name with a sign', 'A&B'],
    ['a name with a plus', '+ACME'],
    ['a line break', 'ACME\n'],
    ['two senders', '55555,66666'],
    ['a Powerpack, which is set elsewhere', POWERPACK],
    ['a row of zeros', '00000'],
    ['a number behind an international prefix', '00447876574016'],
    ['a number with a 0 for its country code', '+0447700900'],
    ['a number without its country code', '07700900123'],
    ['a short code with a plus', '+55555'],
  ])('but not from %s', (_what, text) => {
    expect(senderProblem(text)).toMatch(/^must /);
  });
});

describe('Senders by calling code are read from', () => {
  test.each<[what: string, text: string, map: Record<string, Origin>]>([
    ['one of them', '44:ACME', { '44': { sender: 'ACME' } }],
    [
      'several',
      '1:+14155550100,44:ACME,*:55555',
      { '1': { sender: '+14155550100' }, '44': { sender: 'ACME' }, '*': { sender: '55555' } },
    ],
    ['codes with a plus', '+1:14155550100,+44:ACME', { '1': { sender: '14155550100' }, '44': { sender: 'ACME' } }],
    ['longer beginnings of numbers', '1:ACME,1787555:ISLA', { '1': { sender: 'ACME' }, '1787555': { sender: 'ISLA' } }],
    ['blanks between', ' 1: 55555 , 44:ACME Shop ', { '1': { sender: '55555' }, '44': { sender: 'ACME Shop' } }],
    ['a Powerpack', `1:${POWERPACK}`, { '1': { powerpackUuid: POWERPACK } }],
    ['a Powerpack in capitals', `1:${POWERPACK.toUpperCase()}`, { '1': { powerpackUuid: POWERPACK.toUpperCase() } }],
  ])('%s', (_what, text, map) => {
    expect(Object.fromEntries(parseSenderMap(text) ?? [])).toEqual(map);
  });

  test.each([
    ['nothing', ''],
    ['no calling code', 'ACME'],
    ['an empty calling code', ':ACME'],
    ['no sender', '44:'],
    ['a blank sender', '44: '],
    ['a sender that Plivo does not take', '44:TwelveLetter'],
    ['a code that starts with 0', '044:ACME'],
    ['a beginning of eight digits', '17875550:ACME'],
    ['a code with letters', 'GB:ACME'],
    ['a code twice', '44:ACME,44:SHOP'],
    ['a code twice, once with a plus', '+44:ACME,44:SHOP'],
    ['all others twice', '*:ACME,*:SHOP'],
    ['a comma at the end', '44:ACME,'],
    ['a semicolon between', '44:ACME;1:55555'],
    ['a uuid that is too short', `1:${POWERPACK.slice(1)}`],
  ])('but not from %s', (_fault, text) => {
    expect(parseSenderMap(text)).toBeNull();
  });
});

describe('A person gets the text from', () => {
  const map = read('1:55555,1787:ISLA,44:ACME,*:+46701234567');
  const withoutOthers = read('44:ACME');
  const fallback = { powerpackUuid: POWERPACK };

  test.each<[what: string, map: SenderMap, fallback: Origin | null, number: string, origin: Origin | null]>([
    ['the sender of the calling code', map, null, '+447700900123', { sender: 'ACME' }],
    ['the sender of the longest beginning', map, null, '+17875550100', { sender: 'ISLA' }],
    ['the sender of the shorter one where the longer does not fit', map, null, '+17865550100', { sender: '55555' }],
    ['the sender for all others', map, null, '+4930123456', { sender: '+46701234567' }],
    ['the sender for all others before the fallback', map, fallback, '+4930123456', { sender: '+46701234567' }],
    [
      'the sender of the calling code before the fallback',
      withoutOthers,
      fallback,
      '+447700900123',
      { sender: 'ACME' },
    ],
    ['the fallback where the code is not known', withoutOthers, fallback, '+4930123456', fallback],
    ['the fallback where no code has a sender', new Map(), fallback, '+4930123456', fallback],
    ['nobody where nothing is set', withoutOthers, null, '+4930123456', null],
    ['nobody where nothing at all is set', new Map(), null, '+4930123456', null],
  ])('%s', (_what, senders, other, number, origin) => {
    expect(createOriginOf(senders, other)(number)).toEqual(origin);
  });

  test('always the sender of the longest beginning, and always the same object', () => {
    const prefix = fc.stringMatching(/^[1-3][12]{0,6}$/);
    const number = fc.stringMatching(/^\+[1-3][12]{0,14}$/);
    fc.assert(
      fc.property(fc.uniqueArray(fc.oneof(prefix, fc.constant('*'))), number, (prefixes, to) => {
        const senders: SenderMap = new Map(prefixes.map((digits) => [digits, { sender: digits }]));
        const longest = prefixes
          .filter((digits) => to.startsWith(`+${digits}`))
          .reduce((best, digits) => (digits.length > best.length ? digits : best), '');
        const originOf = createOriginOf(senders, fallback);
        expect(originOf(to)).toBe(senders.get(longest) ?? senders.get('*') ?? fallback);
        expect(originOf(to)).toBe(originOf(to));
      }),
    );
  });
});

describe('A name instead of a number', () => {
  test.each<[origin: Origin, alphanumeric: boolean]>([
    [{ sender: 'ACME' }, true],
    [{ sender: '4you' }, true],
    [{ sender: '55555' }, false],
    [{ sender: '+14155550100' }, false],
    [{ powerpackUuid: POWERPACK }, false],
  ])('%j: %s', (origin, alphanumeric) => {
    expect(isAlphanumeric(origin)).toBe(alphanumeric);
  });

  test.each<[origin: Origin, country: string, reached: boolean]>([
    [{ sender: 'ACME' }, 'US', false],
    [{ sender: 'ACME' }, 'CA', false],
    [{ sender: 'ACME' }, 'GB', true],
    [{ sender: 'ACME' }, '001', true],
    [{ sender: '+14155550100' }, 'US', true],
    [{ sender: '55555' }, 'CA', true],
    [{ powerpackUuid: POWERPACK }, 'US', true],
  ])('%j reaches people in %s: %s', (origin, country, reached) => {
    expect(reaches(origin, country)).toBe(reached);
  });
});

test('A sender is shown as it was written, a Powerpack by its uuid', () => {
  expect(nameOf({ sender: 'ACME Shop' })).toBe('ACME Shop');
  expect(nameOf({ powerpackUuid: POWERPACK })).toBe(POWERPACK);
});

function read(text: string): SenderMap {
  const map = parseSenderMap(text);
  if (map === null) throw new Error(`Not senders: ${text}`);
  return map;
}
