import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '../../config/env';
import { readPriceList } from '../../config/priceList';

const directory = mkdtempSync(join(tmpdir(), 'prices-'));
const path = join(directory, 'prices.json');
const ENOUGH = { currency: 'USD', prices: { US: '0.0055' } };

afterAll(() => rmSync(directory, { recursive: true }));

function read(text: string) {
  writeFileSync(path, text);
  return readPriceList(path);
}

/** The faults of a file of that text; empty when there are none. */
function faultsOf(text: string): readonly string[] {
  try {
    read(text);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
}

describe('A price list is read', () => {
  it('with prices as decimal text or as numbers', () => {
    const text = `{
      "currency": "USD",
      "prices": { "US": "0.0055", "GB": 0.04, "XK": 1, "001": "2", "*": "0.05" },
      "mms": { "US": "0.016" }
    }`;
    expect(read(text)).toEqual({
      currency: 'USD',
      sms: new Map([
        ['US', 5_500_000],
        ['GB', 40_000_000],
        ['XK', 1_000_000_000],
        ['001', 2_000_000_000],
        ['*', 50_000_000],
      ]),
      mms: new Map([['US', 16_000_000]]),
    });
  });

  it("with carriers' fees", () => {
    const fees = { carrierFees: { US: '0.003', '*': 0 }, mmsCarrierFees: { US: '0.01' } };
    expect(read(JSON.stringify({ ...ENOUGH, ...fees })).fees).toEqual({
      sms: new Map([
        ['US', 3_000_000],
        ['*', 0],
      ]),
      mms: new Map([['US', 10_000_000]]),
    });
    expect(read(JSON.stringify(ENOUGH)).fees).toBeUndefined();
  });

  it('without prices of messages with media', () => {
    expect(read(JSON.stringify(ENOUGH)).mms).toEqual(new Map());
  });

  it.each([
    ['zero', '0', 0],
    ['below a millionth, which JavaScript writes with an exponent', '0.00000025', 250],
    ['with an exponent', '5.5e-3', 5_500_000],
    ['with blanks around it', '" 0.0055 "', 5_500_000],
  ])('with a price %s', (_which, price, nanos) => {
    expect(read(`{ "currency": "EUR", "prices": { "DE": ${price} } }`).sms.get('DE')).toBe(nanos);
  });

  it('behind a byte order mark', () => {
    expect(faultsOf(`\uFEFF${JSON.stringify(ENOUGH)}`)).toEqual([]);
  });
});

describe('A price list is refused, and the operator is told what to change:', () => {
  const EXAMPLE = 'write it as { "currency": "USD", "prices": { "US": "0.0055", "*": "0.05" } }';
  const COUNTRY = 'write its two capital letters such as "GB", "001" for networks of no country, or "*" for all others';
  const currency = 'PRICES_FILE: "currency" must be three capital letters such as "USD"';
  const price = (entry: string, country: string) =>
    `PRICES_FILE: "${entry}": the price of "${country}" must be a decimal number such as "0.0055", up to 9007199`;
  const none = (entry: string) =>
    `PRICES_FILE: "${entry}" must hold a price for each country such as { "US": "0.0055", "*": "0.05" }`;

  it.each([
    ['an empty file', '', `PRICES_FILE: is not JSON; ${EXAMPLE}`],
    ['a comma too many', '{ "currency": "USD", }', `PRICES_FILE: is not JSON; ${EXAMPLE}`],
    ['a list', '[]', `PRICES_FILE: holds no JSON object; ${EXAMPLE}`],
    ['null', 'null', `PRICES_FILE: holds no JSON object; ${EXAMPLE}`],
  ])('%s', (_fault, text, fault) => {
    expect(faultsOf(text)).toEqual([fault]);
  });

  it.each([
    ['no currency', { currency: undefined }, currency],
    ['a small currency', { currency: 'usd' }, currency],
    ['a currency sign', { currency: '$' }, currency],
    ['no prices', { prices: undefined }, none('prices')],
    ['empty prices', { prices: {} }, none('prices')],
    ['prices in a list', { prices: ['0.0055'] }, none('prices')],
    ['null for messages with media', { mms: null }, none('mms')],
    ['a small country', { prices: { us: '1' } }, `PRICES_FILE: "prices" has the country "us"; ${COUNTRY}`],
    ['a calling code', { prices: { 44: '1' } }, `PRICES_FILE: "prices" has the country "44"; ${COUNTRY}`],
    ['a country of three letters', { mms: { USA: '1' } }, `PRICES_FILE: "mms" has the country "USA"; ${COUNTRY}`],
    ['the UK', { prices: { UK: '1' } }, 'PRICES_FILE: "prices" has the country "UK"; write "GB"'],
    ['a negative price', { prices: { US: -1 } }, price('prices', 'US')],
    ['a price with a comma', { prices: { US: '0,05' } }, price('prices', 'US')],
    ['a price with its currency', { mms: { '*': '$0.05' } }, price('mms', '*')],
    ['a price that is too high', { prices: { US: 1e22 } }, price('prices', 'US')],
    ['no price', { prices: { US: null } }, price('prices', 'US')],
    [
      'an entry with a typing error',
      { mss: { US: '1' } },
      'PRICES_FILE: has the entry "mss"; only "currency", "prices", "mms", "carrierFees", "mmsCarrierFees" may be there',
    ],
  ])('%s', (_fault, change, fault) => {
    expect(faultsOf(JSON.stringify({ ...ENOUGH, ...change }))).toEqual([fault]);
  });

  it('a file that is not there', () => {
    expect(() => readPriceList(join(directory, 'missing.json'))).toThrow(
      new ConfigurationError(['PRICES_FILE: cannot be read (ENOENT); name a readable file']),
    );
  });

  it('a directory', () => {
    expect(() => readPriceList(directory)).toThrow('PRICES_FILE: cannot be read (EISDIR); name a readable file');
  });

  it('all faults at once', () => {
    expect(faultsOf('{ "currency": "$", "prices": { "usa": "x" } }')).toEqual([
      currency,
      `PRICES_FILE: "prices" has the country "usa"; ${COUNTRY}`,
      price('prices', 'usa'),
    ]);
  });

  it('a file that is wrong from end to end, without repeating all of it', () => {
    const prices = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`${'secret'.repeat(1000)}${n}`, '1']));
    const faults = faultsOf(JSON.stringify({ ...ENOUGH, prices }));
    expect(faults).toHaveLength(11);
    expect(faults[0]).toBe(`PRICES_FILE: "prices" has the country "secretsecretsecretse…"; ${COUNTRY}`);
    expect(faults[10]).toBe('PRICES_FILE: has 990 more faults; correct these first');
  });

  it('a file that is no price list at all, without quoting it', () => {
    expect(faultsOf('API_KEY=very-secret').join('\n')).not.toContain('secret');
  });
});
