import request from 'supertest';
import { parseEnv } from '../../config/env';
import type { Check } from '../../src/cli/doctor/check';
import { resolveByDns } from '../../src/cli/doctor/asking/askWeb';
import { runDoctor, type DoctorOptions } from '../../src/cli/doctor/runDoctor';
import type { Fault, SimulatorSettings } from '../../src/simulator/simulator';
import { openDatabase } from '../../src/store/engine/database';
import { closedPort, reply, startLocalServer, type Answer } from '../contract/localServer';
import { createTestDatabase, nameSqliteFile, type TestDatabase } from '../support/testDatabase';
import {
  API_KEY,
  AUTH_ID,
  AUTH_TOKEN,
  INBOUND_TOKEN,
  startTestService,
  type TestService,
} from '../support/testService';

const SENDER = '+14155550100';
const APPLICATION = `/v1/Account/${AUTH_ID}/Application/123/`;
/** More than the command has: busy machines are slow. */
const PATIENCE_MS = 15_000;
const INBOUND = '/webhooks/plivo/inbound';

type Variables = Readonly<Record<string, string>>;
type Run = { readonly exitCode: number; readonly lines: readonly string[] };

let test: TestService;
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase('sqlite');
  test = await startTestService({ env: { DATABASE_URL: database.url } });
});
afterAll(async () => {
  await test.stop();
  await database.drop();
});

/** All is well, until a test says otherwise. */
const settingsWhenWell = (): Partial<SimulatorSettings> => ({
  credit: 77.39,
  autoRecharge: false,
  clockAheadMs: 0,
  numbers: [{ number: SENDER, application: APPLICATION }],
  applications: [{ id: '123', messageUrl: `${test.url}${INBOUND}/${INBOUND_TOKEN}` }],
});
beforeEach(() => {
  test.simulator.clearFaults();
  Object.assign(test.simulator.settings, settingsWhenWell());
});

/** These set up what Plivo says, and leave the variables as they are. */
const set = (settings: Partial<SimulatorSettings>): Variables => {
  Object.assign(test.simulator.settings, settings);
  return {};
};
const stumble = (fault: Fault): Variables => {
  test.simulator.addFault({ times: 0, ...fault });
  return {};
};
const theNumber = (fields: object): Variables =>
  set({ numbers: [{ number: SENDER, application: APPLICATION, ...fields }] });
const theApplication = (messageUrl: string): Variables => set({ applications: [{ id: '123', messageUrl }] });

/** As the service was started. */
const variables = (): Variables => ({
  API_KEY,
  PLIVO_AUTH_ID: AUTH_ID,
  PLIVO_AUTH_TOKEN: AUTH_TOKEN,
  PLIVO_SENDER_ID: SENDER,
  PLIVO_API_URL: test.simulator.url,
  PUBLIC_URL: test.url,
  INBOUND_TOKEN,
  DATABASE_URL: database.url,
});

async function doctor(others: Variables = {}, options: Partial<DoctorOptions> = {}): Promise<Run> {
  const lines: string[] = [];
  const exitCode = await runDoctor({
    readEnv: () => parseEnv({ ...variables(), ...others }),
    asking: { timeoutMs: PATIENCE_MS, resolve: resolveByDns, clock: Date.now },
    asJson: false,
    hasColours: false,
    print: (line) => lines.push(line),
    ...options,
  });
  for (const secret of [AUTH_TOKEN, AUTH_ID, API_KEY]) expect(lines.join('\n')).not.toContain(secret);
  return { exitCode, lines };
}

/** The lines of one colour. */
const marked = (mark: string, { lines }: Run): string[] => lines.filter((line) => line.startsWith(`${mark} `));

/** Runs the work with a server of somebody else. */
async function besides<T>(answer: Answer, work: (url: string) => Promise<T>): Promise<T> {
  const server = await startLocalServer(answer);
  try {
    return await work(server.url);
  } finally {
    await server.close();
  }
}

describe('npm run doctor', () => {
  it('is green where everything is well, in one line each, and changes nothing', async () => {
    const run = await doctor();
    expect(run.lines).toEqual([
      '✓ configuration: no faults',
      '✓ database: SQLite; its schema is of this version',
      `✓ credentials: taken by ${test.simulator.url} (PLIVO_API_URL), which is not Plivo's own`,
      '✓ balance: 77.39 USD',
      `✓ sender ${SENDER}: is a number of the account, and can text`,
      `✓ registration of ${SENDER}: 10DLC: COMPLETED`,
      `✓ replies to ${SENDER}: its application posts them here`,
      `✓ inbound address: ${test.url}${INBOUND}/${INBOUND_TOKEN}`,
      `✓ public address: ${test.url} answers`,
      '✓ signatures: a signed delivery report is taken, one with a wrong signature is refused',
      expect.stringMatching(/^✓ clock: [01] s from Plivo's$/),
      'Sending will work.',
    ]);
    expect(run.exitCode).toBe(0);
    expect(test.simulator.calls()).toEqual([]);
    // Of the wrong signature.
    expect(test.log.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([
      expect.objectContaining({ message: 'A webhook without a valid signature was refused' }),
    ]);
  });

  it('tells programs the same', async () => {
    theNumber({ smsEnabled: false });
    const { exitCode, lines } = await doctor({}, { asJson: true });
    const told = JSON.parse(lines.join('\n')) as { exitCode: number; checks: Check[] };
    expect(exitCode).toBe(1);
    expect(told.exitCode).toBe(1);
    expect(told.checks.filter(({ state }) => state !== 'green')).toEqual([
      {
        name: `sender ${SENDER}`,
        state: 'red',
        said: 'is a number of the account, but cannot text',
        remedy: 'Take a number of the account that has SMS.',
      },
    ]);
  });

  it('has colours only where they are wanted', async () => {
    const { lines } = await doctor({}, { hasColours: true });
    expect(lines[0]).toBe('\u001b[32m✓\u001b[0m configuration: no faults');
  });

  it('shows the inbound address that the service made up, as GET /account does', async () => {
    const own = await createTestDatabase('sqlite');
    const service = await startTestService({ env: { DATABASE_URL: own.url, INBOUND_TOKEN: '' } });
    try {
      const { body } = await request(service.url).get('/account').set('x-api-key', API_KEY);
      const run = await doctor({ DATABASE_URL: own.url, INBOUND_TOKEN: '', PUBLIC_URL: service.url });
      expect(run.lines).toContain(`✓ inbound address: ${(body as { inboundUrl: string }).inboundUrl}`);
    } finally {
      await service.stop();
      await own.drop();
    }
  });
});

describe('a red line with its remedy, and the exit code 1, is there where', () => {
  it.each<[what: string, told: RegExp, arrange: () => Promise<Variables> | Variables]>([
    [
      'the database is away',
      /^✗ database: cannot be read: .*ECONNREFUSED.* → Check DATABASE_URL/,
      async () => ({ DATABASE_URL: `postgres://sms:pass-word@127.0.0.1:${await closedPort()}/sms` }),
    ],
    [
      'Plivo does not take the credentials',
      /^✗ credentials: Plivo did not accept.* → Set PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN/,
      () => ({ PLIVO_AUTH_TOKEN: 'another-token-0123456789' }),
    ],
    [
      'Plivo forbids the account',
      /^✗ credentials: Plivo forbids this.* → .*IP allow-list/,
      () => stumble({ kind: 'status', status: 403, target: 'account' }),
    ],
    [
      'there is no such account',
      /^✗ credentials: .* → Check PLIVO_API_URL/,
      () => stumble({ kind: 'status', status: 404, target: 'account' }),
    ],
    [
      'the account has less than is to stay in it',
      /^✗ balance: 3\.50 USD, less than the 25\.00 of PLIVO_MIN_BALANCE.* → Pay in/,
      () => {
        set({ credit: 3.5 });
        return { PLIVO_MIN_BALANCE: '25' };
      },
    ],
    ['the account has nothing', /^✗ balance: 0\.00 USD: Plivo sends nothing → Pay in\.$/, () => set({ credit: 0 })],
    [
      'the sender is not of the account',
      /^✗ sender \+14155550100: is no number of the account → Rent it/,
      () => set({ numbers: [] }),
    ],
    [
      'the sender cannot text',
      /^✗ sender \+14155550100: .*cannot text → Take a number/,
      () => theNumber({ smsEnabled: false }),
    ],
    ...(
      [
        ['UNREGISTERED', 'Register it'],
        ['PROCESSING', 'Wait for it'],
      ] as const
    ).map(([word, remedy]): [string, RegExp, () => Variables] => [
      `the sender's 10DLC is ${word}`,
      new RegExp(`^✗ registration of \\+14155550100: 10DLC: ${word}.* → ${remedy}`),
      () => theNumber({ tendlcRegistrationStatus: word }),
    ]),
    ...(
      [
        ['UNVERIFIED', 'Register it.*verified'],
        ['PENDING_VERIFICATION', 'Wait for it'],
      ] as const
    ).map(([word, remedy]): [string, RegExp, () => Variables] => [
      `a toll-free sender is ${word}`,
      new RegExp(`^✗ registration of \\+18005550100: toll-free: ${word}.* → ${remedy}`),
      () => {
        set({ numbers: [{ number: '18005550100', application: APPLICATION, tollFreeSmsVerification: word }] });
        return { PLIVO_SENDER_ID: '+18005550100' };
      },
    ]),
    [
      'the number belongs to no application',
      /^✗ replies to \+14155550100: it belongs to no application.* → Give the number an application/,
      () => theNumber({ application: null }),
    ],
    [
      'the number leads to a trunk',
      /^✗ replies to \+14155550100: it leads elsewhere.* → Give the number an application/,
      () => theNumber({ application: `/v1/Account/${AUTH_ID}/Zentrunk/Trunk/123/` }),
    ],
    [
      'the application posts texts nowhere',
      /^✗ replies to \+14155550100: its application has no message URL.* → Give its application the message URL http/,
      () => theApplication(''),
    ],
    [
      'the application posts texts elsewhere, of which only the host is told',
      /^✗ replies to \+14155550100: its application posts them elsewhere \(old\.example\.com\): /,
      () => theApplication('https://old.example.com/very-secret'),
    ],
    [
      'the application posts texts to the plain address',
      /^✗ replies to \+14155550100: .*plain address, which takes STOP but no START → Give its application/,
      () => theApplication(`${test.url}${INBOUND}`),
    ],
    [
      'nothing listens at PUBLIC_URL',
      /^✗ public address: .*cannot be reached from here: ECONNREFUSED → Start the service/,
      async () => ({ PUBLIC_URL: `http://127.0.0.1:${await closedPort()}` }),
    ],
    [
      'the running service has another PUBLIC_URL',
      /^✗ signatures: a delivery report signed as Plivo does is refused.* → .*same PLIVO_AUTH_TOKEN and PUBLIC_URL/,
      () => ({ PUBLIC_URL: test.url.replace('127.0.0.1', 'localhost') }),
    ],
    ['our clock is behind', /^✗ clock: (59|60|61) s behind Plivo's → .*NTP/, () => set({ clockAheadMs: 60_000 })],
    ['our clock is ahead', /^✗ clock: (59|60|61) s ahead of Plivo's → .*NTP/, () => set({ clockAheadMs: -60_000 })],
  ])('%s', async (_, told, arrange) => {
    const run = await doctor(await arrange());
    expect(marked('✗', run)).toContainEqual(expect.stringMatching(told));
    expect(run.lines.join('\n')).not.toMatch(/pass-word|very-secret/);
    expect(run.exitCode).toBe(1);
    expect(run.lines.at(-1)).toMatch(/^\d+ to mend/);
  });

  it('the database is of a newer version', async () => {
    const newer = nameSqliteFile();
    const open = await openDatabase({ url: newer.url });
    await open.db
      .insertInto('kysely_migration' as never)
      .values({ name: '9999_tomorrow', timestamp: 'now' })
      .execute();
    await open.close();
    const run = await doctor({ DATABASE_URL: newer.url });
    await newer.drop();
    expect(marked('✗', run)).toEqual([
      expect.stringMatching(
        /^✗ database: SQLite; its schema is of a newer version \(9999_tomorrow\).* → Run the newer/,
      ),
    ]);
  });

  it('PUBLIC_URL is of this network only, and Plivo is not', async () => {
    const asking = {
      timeoutMs: PATIENCE_MS,
      resolve: (host: string) => Promise.resolve([host === 'localhost' ? '1.1.1.1' : host]),
      clock: Date.now,
    };
    const run = await doctor({ PLIVO_API_URL: test.simulator.url.replace('127.0.0.1', 'localhost') }, { asking });
    expect(marked('✗', run)).toEqual([
      expect.stringMatching(/^✗ public address: .*127\.0\.0\.1, .*Plivo cannot reach it → Set PUBLIC_URL/),
    ]);
  });

  it.each<[string, Answer, RegExp[]]>([
    [
      'redirects',
      reply(301, '', { location: 'https://sms.example.com/health/live' }),
      [/^✗ public address: .*redirects to https:\/\/sms\.example\.com; .* → Set PUBLIC_URL/, /^✗ signatures: .*301/],
    ],
    [
      'is somebody else',
      reply(404, '<html>nothing here</html>'),
      [/^✗ public address: .*answers 404, and not as this service does → Check PUBLIC_URL/, /^✗ signatures: .*404/],
    ],
    [
      'takes whatever signature comes',
      reply(404, { type: '/docs/problems/not_found', status: 404 }),
      [/^✗ signatures: a wrong signature is answered 404 instead of being refused → /],
    ],
  ])('what stands at PUBLIC_URL %s', async (_, answer, told) => {
    const run = await besides(answer, (url) => {
      theApplication(`${url}${INBOUND}/${INBOUND_TOKEN}`);
      return doctor({ PUBLIC_URL: url });
    });
    expect(marked('✗', run)).toEqual(told.map((line): unknown => expect.stringMatching(line)));
  });

  it('the configuration has faults: all of them, and nobody is asked', async () => {
    const run = await doctor({ PORT: 'x', PLIVO_SENDER_ID: '', PLIVO_AUTH_TOKEN_FILE: '/nowhere/token' });
    expect(marked('✗', run)).toEqual([
      expect.stringMatching(/^✗ configuration: PLIVO_AUTH_TOKEN: is set both directly and by .* → remove one of them$/),
      expect.stringMatching(/^✗ configuration: PORT: must be a whole number from 0 to 65535 → /),
      expect.stringMatching(/^✗ configuration: PLIVO_SENDER_ID: is missing → set it to your Plivo number/),
    ]);
    expect(run.lines).toHaveLength(4);
    expect(run.exitCode).toBe(1);
  });
});

describe('what cannot be asked is neither green nor red, and makes the exit code 2:', () => {
  it('Plivo is away', async () => {
    await test.simulator.refuseConnections();
    const run = await doctor();
    await test.simulator.acceptConnections();
    expect(marked('?', run).map((line) => line.split(': ')[0])).toEqual([
      '? credentials',
      '? balance',
      `? sender ${SENDER}`,
      '? clock',
    ]);
    for (const line of marked('?', run))
      expect(line).toMatch(/could not be asked\. The connection was (refused|lost before the answer came)\. → Try/);
    expect(marked('✗', run)).toEqual([]);
    expect(run.exitCode).toBe(2);
    expect(run.lines.at(-1)).toBe('4 could not be asked.');
  });

  it('Plivo is silent, for no longer than a question may take', async () => {
    for (const target of ['account', 'number'] as const) stumble({ kind: 'hang', target });
    const { lines, exitCode } = await doctor(
      {},
      { asking: { timeoutMs: 1500, resolve: resolveByDns, clock: Date.now } },
    );
    for (const name of ['credentials', 'balance', `sender ${SENDER}`, 'clock'])
      expect(lines).toContainEqual(expect.stringContaining(`? ${name}: could not be asked. No answer came in time.`));
    expect(exitCode).not.toBe(0);
  });

  it.each<[string, RegExp, () => Variables]>([
    [
      'a word of Plivo that nobody knows',
      /^\? registration of \+14155550100: .*not known \(ON_HOLD\)/,
      () => theNumber({ tendlcRegistrationStatus: 'ON_HOLD' }),
    ],
    [
      'an application that cannot be read',
      /^\? replies to \+14155550100: could not be asked/,
      () => stumble({ kind: 'status', status: 500, target: 'application' }),
    ],
    [
      'the inbound address, before the first start',
      /^\? replies to \+14155550100: the inbound address is not made yet → Start the service once/,
      () => ({ DATABASE_URL: 'sqlite:/nowhere/there.db', INBOUND_TOKEN: '' }),
    ],
  ])('%s', async (_, told, arrange) => {
    const run = await doctor(arrange());
    expect(marked('?', run)).toEqual([expect.stringMatching(told)]);
    expect(run.exitCode).toBe(2);
  });
});

describe('nothing is made of', () => {
  it('senders that Plivo has no question for', async () => {
    const powerpack = '7b8f2d3c-0a4e-4c55-9a4f-0f0f0f0f0f0f';
    const run = await doctor({ PLIVO_SENDER_ID: 'ACME', PLIVO_SENDERS: `44:12345,46:${powerpack}` });
    expect(marked('–', run)).toEqual([
      expect.stringMatching(/^– sender ACME: an alphanumeric sender: .* → Look it up in the Plivo console/),
      expect.stringMatching(/^– sender 12345: a short code/),
      expect.stringMatching(new RegExp(`^– sender ${powerpack}: a Powerpack`)),
    ]);
    expect(run.exitCode).toBe(0);
  });

  it('registration of numbers outside of the USA', async () => {
    set({ numbers: [{ number: '447700900100', application: APPLICATION }] });
    const run = await doctor({ PLIVO_SENDER_ID: '+447700900100' });
    expect(marked('–', run)).toEqual([expect.stringMatching(/^– registration of \+447700900100: nothing is told/)]);
    expect(run.exitCode).toBe(0);
  });

  it('a low balance where the account recharges by itself', async () => {
    set({ credit: 3.5, autoRecharge: true });
    const run = await doctor({ PLIVO_MIN_BALANCE: '25' });
    expect(run.lines).toContain('✓ balance: 3.50 USD, and the account recharges by itself');
    expect(run.exitCode).toBe(0);
  });

  it('no PUBLIC_URL, but for what is lost without it', async () => {
    const run = await doctor({ PUBLIC_URL: '' });
    expect(marked('–', run).map((line) => line.split(': ')[0])).toEqual([
      `– replies to ${SENDER}`,
      '– inbound address',
      '– public address',
      '– signatures',
    ]);
    expect(run.lines.join('\n')).toContain('no delivery reports are asked for');
    expect(run.lines.at(-1)).toBe('Nothing to mend; of 4 nobody could be asked (–).');
    expect(run.exitCode).toBe(0);
  });

  it('a way to the service that lets webhooks through only', async () => {
    const answer: Answer = (response) => {
      const isReport = response.req.method === 'POST';
      const isWrong = isReport && ++reports % 2 === 0;
      const type = isWrong ? '/docs/problems/bad_signature' : '/docs/problems/not_found';
      reply(isWrong || !isReport ? 403 : 404, isReport ? { type } : 'Forbidden')(response, response.socket!);
    };
    let reports = 0;
    const run = await besides(answer, (url) => {
      theApplication(`${url}${INBOUND}/${INBOUND_TOKEN}`);
      return doctor({ PUBLIC_URL: url });
    });
    expect(run.lines.find((line) => line.includes('public address'))).toMatch(
      /^✓ .*\/health\/live is closed there \(403\), webhooks are not$/,
    );
  });
});
