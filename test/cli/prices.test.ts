import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { ConfigurationError } from '../../config/env';
import { readPriceList } from '../../config/priceList';
import { runPrices, type PricesOptions } from '../../src/cli/prices/runPrices';
import { realTimers } from '../../src/composing/realTimers';
import { createPlivoService, type PlivoService } from '../../src/services/plivo/plivoService';
import type { Simulator } from '../../src/simulator/simulator';
import { AUTH_ID, AUTH_TOKEN, startQuick } from '../simulator/plivoCaller';
import { API_KEY, startTestService } from '../support/testService';

const PRICES = { '*': 0.0077, GB: 0.0463, DE: 0.09, KP: null };

describe('npm run prices', () => {
  let simulator: Simulator;
  let plivo: PlivoService;
  let folder: string;
  let path: string;
  let lines: string[];
  beforeEach(async () => {
    simulator = await startQuick({ prices: PRICES, mmsPrices: { US: 0.018, CA: 0.02 }, requestsPer5s: 0 });
    plivo = connect(AUTH_TOKEN);
    folder = mkdtempSync(join(tmpdir(), 'prices-'));
    path = join(folder, 'prices.json');
    lines = [];
  });
  afterEach(async () => {
    plivo.close();
    await simulator.stop();
    rmSync(folder, { recursive: true });
  });

  const connect = (authToken: string): PlivoService =>
    createPlivoService({ authId: AUTH_ID, authToken, apiUrl: simulator.url, timeoutMs: 2000, timers: realTimers });
  const run = (options: Partial<PricesOptions> = {}): Promise<void> =>
    runPrices({
      plivo,
      timers: { sleep: () => Promise.resolve() },
      path,
      countries: null,
      takesDearest: false,
      print: (line) => lines.push(line),
      ...options,
    });
  const written = () => JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, string>>;
  const put = (file: object): void => writeFileSync(path, JSON.stringify(file));

  it('writes what a text to each country costs, to the last digit, as the service reads it', async () => {
    await run();
    const list = readPriceList(path);
    expect(list.currency).toBe('USD');
    expect(list.sms.size).toBeGreaterThan(200);
    expect([list.sms.get('GB'), list.sms.get('FR'), list.sms.get('KP')]).toEqual([46_300_000, 7_700_000, undefined]);
    expect([...list.mms]).toEqual([
      ['CA', 20_000_000],
      ['US', 18_000_000],
    ]);
    expect(written()['prices']).toMatchObject({ DE: '0.09', GB: '0.0463' });
    expect(lines).toEqual([
      `Wrote ${path}: prices in USD of texts to ${list.sms.size} countries, of messages with media to 2.`,
      'Plivo has none for KP: a broadcast to them has no estimate.',
    ]);
  });

  it('gives previews their cost', async () => {
    await run({ countries: ['GB', 'US'] });
    const test = await startTestService({ env: { PRICES_FILE: path } });
    try {
      const body = { recipients: ['+447700900101', '+14155550101'], message: 'Doors open at 9.' };
      const preview = await request(test.url).post('/broadcast/preview').set('x-api-key', API_KEY).send(body);
      expect(preview.body).toMatchObject({ cost: { amount: '0.054', currency: 'USD' } });
    } finally {
      await test.stop();
    }
  });

  it('keeps of an older list what Plivo knows nothing of, and nothing else', async () => {
    put({
      currency: 'USD',
      prices: { XK: '9', FR: '9', KP: '9', '001': '0.5', '*': '0.08' },
      mms: { FR: '9', '*': '1' },
    });
    simulator.settings.prices = { FR: 0.06 };
    await run();
    expect(written()['prices']).toEqual({ '001': '0.5', FR: '0.06', '*': '0.08' });
    expect(Object.keys(written()['prices']!).at(-1)).toBe('*');
    expect(written()['mms']).toEqual({ CA: '0.02', US: '0.018', '*': '1' });
  });

  it('changes only the countries that are named', async () => {
    put({ currency: 'USD', prices: { GB: '1', FR: '0.06', KP: '1' } });
    await run({ countries: ['GB', 'KP'] });
    expect(written()).toEqual({ currency: 'USD', prices: { FR: '0.06', GB: '0.0463' } });
  });

  it('tells where networks differ, and takes the dearest where that is wished', async () => {
    simulator.settings.dearNetworks = { GB: 0.1234, FR: 0.001 };
    await run({ countries: ['GB', 'FR'] });
    expect(written()['prices']).toEqual({ FR: '0.0077', GB: '0.0463' });
    expect(lines.at(-1)).toBe('Networks differ in GB: the usual price counts; --dearest takes the highest.');
    await run({ countries: ['GB', 'FR'], takesDearest: true });
    expect(written()['prices']).toEqual({ FR: '0.0077', GB: '0.1234' });
  });

  it('asks again where Plivo stumbles', async () => {
    for (const kind of ['reset', 'html', 'null-body', 'status'] as const)
      simulator.addFault({ kind, target: 'pricing', status: 503 });
    await run({ countries: ['GB', 'FR'] });
    expect(written()['prices']).toEqual({ FR: '0.0077', GB: '0.0463' });
  });

  it.each<[string, RegExp, () => Promise<void> | void]>([
    [
      'refuses the account',
      /auth token\. Set PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN/,
      () => void (plivo = connect('wrong')),
    ],
    ['is away', /connection was refused\. Try again later/, () => simulator.refuseConnections()],
    [
      'stumbles without end',
      /Try again later/,
      () => simulator.addFault({ kind: 'html', target: 'pricing', times: 0 }),
    ],
    ['has no prices', /PLIVO_API_URL/, () => void (simulator.settings.prices = {})],
  ])('leaves the file as it is where Plivo %s', async (_, told, arrange) => {
    put({ currency: 'USD', prices: { FR: '1' } });
    await arrange();
    await expect(run()).rejects.toMatchObject({ message: expect.stringMatching(told), exitCode: 2 });
    expect(written()).toEqual({ currency: 'USD', prices: { FR: '1' } });
    expect(lines).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    ['is no JSON', '{', /holds no JSON object\. It stays as it is: mend or remove it/],
    ['is no object', '[]', /holds no JSON object/],
    ['has other money', '{"currency":"EUR","prices":{"*":"1"}}', /another currency than USD/],
  ])('leaves a file as it is that %s, and asks nothing', async (_, text, told) => {
    writeFileSync(path, text);
    await expect(run()).rejects.toMatchObject({ message: expect.stringMatching(told), exitCode: 1 });
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('writes nothing that the service could not read', async () => {
    put({ currency: 'USD', prices: { '*': 'much' } });
    await expect(run({ countries: ['GB'] })).rejects.toThrow(ConfigurationError);
    expect(written()['prices']).toEqual({ '*': 'much' });
    expect(readdirSync(folder)).toEqual(['prices.json']);
  });

  it('says where to where it cannot write', async () => {
    const nowhere = join(folder, 'not', 'there.json');
    await expect(run({ path: nowhere, countries: ['GB'] })).rejects.toMatchObject({
      message: expect.stringMatching(/cannot be written \(ENOENT\).*Name a file in a folder/),
      exitCode: 1,
    });
    expect(existsSync(nowhere)).toBe(false);
  });

  it('leaves a link a link, the mode as it was, and nothing beside the file', async () => {
    const real = join(folder, 'real.json');
    writeFileSync(real, '{}');
    chmodSync(real, 0o600);
    symlinkSync(real, path);
    await run({ countries: ['GB'] });
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(statSync(real).mode & 0o777).toBe(0o600);
    expect(written()['prices']).toEqual({ GB: '0.0463' });
    expect(readdirSync(folder).sort()).toEqual(['prices.json', 'real.json']);
  });
});
