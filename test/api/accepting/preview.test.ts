import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { get, numbers, postBroadcast } from '../../support/client';
import { optOut, send } from '../../support/compliance';
import { expectTextedOnce } from '../../support/invariants';
import { expectProblem } from '../../support/problem';
import { callbackUrlOf, postReport, reportOf } from '../../support/reports';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const folder = mkdtempSync(join(tmpdir(), 'prices-'));
const PRICES_FILE = join(folder, 'prices.json');
beforeAll(() => {
  const prices = { currency: 'USD', prices: { US: '0.0055', GB: '0.04' }, mms: { US: '0.016' } };
  writeFileSync(PRICES_FILE, JSON.stringify(prices));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(ENGINES)('a dry run on %s', (engine) => {
  let test: TestService;
  const start = async (env: Record<string, string> = {}) => {
    test = await startTestService({ engine, env: { PRICES_FILE, ...env } });
  };
  const preview = (body: object) => send(test, 'post', '/broadcast/preview', body);
  afterEach(async () => {
    expect(test.simulator.calls()).toEqual([]);
    await test.stop();
  });

  it('tells the whole truth about a broadcast and sends and stores nothing', async () => {
    await start({ PLIVO_BULK_MESSAGE_LIMIT: '2', PLIVO_BATCH_DELAY_MS: '500' });
    const [gone = '', first = '', second = ''] = numbers(3);
    await optOut(test, gone).expect(201);
    const recipients = [gone, first, second, first, '+447700900101', '+447700900102', '+1415', 'nobody'];
    const { body } = await preview({ recipients, message: 'We’re open – 9 €' }).expect(200);
    expect(body).toEqual({
      recipients: { submitted: 8, accepted: 4, duplicates: 1, invalid: 2, optedOut: 1 },
      invalidRecipients: [
        { index: 6, value: '+1415', reason: expect.stringMatching(/too short/) },
        { index: 7, value: 'nobody', reason: expect.stringMatching(/holds no number/) },
      ],
      spelledOtherwise: { count: 0, entries: [] },
      segments: {
        encoding: 'UCS-2',
        characters: 16,
        perMessage: 1,
        total: 4,
        forcingUcs2: [
          { character: '’', index: 2, standIn: "'" },
          { character: '–', index: 11, standIn: '-' },
        ],
        perMessageWithStandIns: 1,
      },
      countries: expect.arrayContaining([
        { country: 'US', recipients: 2, segments: 2, cost: '0.011' },
        { country: 'GB', recipients: 2, segments: 2, cost: '0.08' },
      ]),
      cost: { amount: '0.091', currency: 'USD' },
      balance: expect.objectContaining({ currency: 'USD', isEnough: true }),
      senders: [{ sender: '+14155550100', recipients: 4 }],
      quietHours: null,
      leftOut: null,
      batches: 2,
      expectedSeconds: 1,
      refusals: [],
      source: null,
      digest: expect.stringMatching(/^[\w-]{20,}$/),
    });
    expect((await get(test, '/broadcast')).body.data).toEqual([]);
  });

  it('shows what was submitted beside the number that counts, where they differ, for the first 100', async () => {
    await start();
    const recipients = ['+525512345679', '+5215512345679', '0044 7700 900123', '+1 (415) 555-0101', '0171 2345678'];
    const { body } = await preview({ recipients, message: 'Hi', defaultCountry: 'DE' }).expect(200);
    expect(body.recipients).toMatchObject({ submitted: 5, accepted: 4, duplicates: 1, invalid: 0 });
    expect(body.spelledOtherwise).toEqual({
      count: 4,
      entries: [
        { index: 1, value: '+5215512345679', number: '+525512345679' },
        { index: 2, value: '0044 7700 900123', number: '+447700900123' },
        { index: 3, value: '+1 (415) 555-0101', number: '+14155550101' },
        { index: 4, value: '0171 2345678', number: '+491712345678' },
      ],
    });
    const spaced = numbers(150).map((number) => `${number.slice(0, 2)} ${number.slice(2)}`);
    const { body: many } = await preview({ recipients: spaced, message: 'Hi' }).expect(200);
    expect(many.spelledOtherwise).toMatchObject({ count: 150 });
    expect(many.spelledOtherwise.entries).toHaveLength(100);
  });

  it('names at most 100 invalid numbers and counts them all', async () => {
    await start();
    const bad = Array.from({ length: 150 }, (_, index) => `bad ${index}`);
    const { body } = await preview({ recipients: bad, message: 'Hi' }).expect(200);
    expect(body.recipients).toEqual({ submitted: 150, accepted: 0, duplicates: 0, invalid: 150, optedOut: 0 });
    expect(body.invalidRecipients).toHaveLength(100);
    expect(body).toMatchObject({ batches: 0, expectedSeconds: 0 });
  });

  it('knows no cost where a country has no price, or there are no prices', async () => {
    await start();
    const { body } = await preview({ recipients: ['+4915123456789', ...numbers(1)], message: 'Hi' }).expect(200);
    expect(body.cost).toBeNull();
    expect(body.countries).toContainEqual({ country: 'DE', recipients: 1, segments: 1, cost: null });
    await test.stop();
    await start({ PRICES_FILE: '' });
    expect((await preview({ recipients: numbers(1), message: 'Hi' }).expect(200)).body.cost).toBeNull();
  });

  it('counts an MMS as one message at its own price', async () => {
    await start();
    const mediaUrls = ['https://example.com/a.png'];
    const { body } = await preview({ recipients: numbers(2), message: 'x'.repeat(400), mediaUrls }).expect(200);
    expect(body).toMatchObject({ segments: { perMessage: 1, total: 2 }, cost: { amount: '0.032' } });
  });

  it('shows whom quiet hours hold back', async () => {
    await start();
    // Never open for more than an hour: somebody is asleep whatever the time of the test.
    const { body } = await preview({
      recipients: ['+819012345678', '+447700900101'],
      message: 'Hi',
      quietHours: '13:00-12:00',
    });
    expect(body.quietHours.heldRecipients).toBeGreaterThanOrEqual(1);
    expect(body.expectedSeconds).toBeGreaterThan(60);
  });

  it('refuses what is wrong beside the recipients', async () => {
    await start();
    expectProblem(await preview({ recipients: numbers(1) }), 400);
    expectProblem(await preview({ recipients: [], message: 'Hi' }), 400);
    expectProblem(await preview({ recipients: numbers(1), message: 'Hi', sender: 'ACME' }), 400);
    expectProblem(await preview({ recipients: numbers(1), message: 'Hi', colour: 'red' }), 400);
    expectProblem(await get(test, '/broadcast/preview'), 405);
  });

  it('says what would be refused for its size or cost', async () => {
    await start({ MAX_SEGMENTS_PER_BROADCAST: '3', MAX_COST_PER_BROADCAST: '0.02' });
    const { body } = await preview({ recipients: numbers(4), message: 'Hi' }).expect(200);
    expect(body.refusals).toEqual([
      expect.stringContaining('MAX_SEGMENTS_PER_BROADCAST'),
      expect.stringContaining('MAX_COST_PER_BROADCAST'),
    ]);
  });
});

describe.each(ENGINES)('a broadcast that was previewed, on %s', (engine) => {
  let test: TestService;
  const body = { recipients: numbers(3), message: 'Doors open at 9.' };
  const digestOf = async (request: object) =>
    (await send(test, 'post', '/broadcast/preview', request).expect(200)).body.digest as string;
  beforeEach(async () => {
    test = await startTestService({ engine });
  });
  afterEach(() => test.stop());

  it('goes while it is still what was previewed', async () => {
    const digest = await digestOf(body);
    await postBroadcast(test, body, { 'if-match': `"${digest}"` }).expect(202);
    expectTextedOnce(test, body.recipients);
  });

  it.each([
    ['the text', { message: 'Doors open at 10.' }],
    ['the people', { recipients: numbers(4) }],
    ['the sender', { sender: '+14155559999' }],
    ['the pictures', { mediaUrls: ['https://example.com/a.png'] }],
    ['the expiry', { expirySeconds: 60 }],
    ['the quiet hours', { quietHours: '21:00-08:00' }],
  ])('is refused once %s changed: nobody is texted', async (_what, change) => {
    const digest = await digestOf(body);
    const response = await postBroadcast(test, { ...body, ...change }, { 'if-match': `"${digest}"` });
    expectProblem(response, 412);
    expect(test.simulator.calls()).toEqual([]);
    expect((await get(test, '/broadcast')).body.data).toEqual([]);
  });

  it('is refused once somebody has opted out meanwhile', async () => {
    const digest = await digestOf(body);
    await optOut(test, body.recipients[0]!).expect(201);
    expectProblem(await postBroadcast(test, body, { 'if-match': `"${digest}"` }), 412);
    await postBroadcast(test, body, { 'if-match': `"${digest}", "${await digestOf(body)}"` }).expect(202);
    expectTextedOnce(test, body.recipients.slice(1));
  });

  it('is refused with a header that makes no sense', async () => {
    expectProblem(await postBroadcast(test, body, { 'if-match': 'no quotes' }), 400);
  });
});

describe.each(ENGINES)('the bill of a broadcast on %s', (engine) => {
  let test: TestService;
  const start = async (env: Record<string, string>) => {
    test = await startTestService({ engine, env: { PRICES_FILE, ...env }, simulator: { callbackLossShare: 1 } });
  };
  afterEach(() => test.stop());

  it.each([
    ['segments', { MAX_SEGMENTS_PER_BROADCAST: '3' }, numbers(4)],
    ['cost', { MAX_COST_PER_BROADCAST: '0.02' }, numbers(4)],
    ['cost that nobody knows', { MAX_COST_PER_BROADCAST: '100' }, ['+4915123456789']],
  ])('is refused above the limit of %s, and nobody is texted', async (_what, env, recipients) => {
    await start(env);
    const response = await postBroadcast(test, { recipients, message: 'Hi' });
    expectProblem(response, 400);
    expect(response.body.detail).toContain(Object.keys(env)[0]);
    expect(test.simulator.calls()).toEqual([]);
    await postBroadcast(test, { recipients: numbers(3), message: 'Hi' }).expect(202);
  });

  it("has carriers' fees in every estimate, told apart, and holds the limit against them", async () => {
    const file = join(folder, 'fees.json');
    const prices = { currency: 'USD', prices: { US: '0.0055', GB: '0.04' }, carrierFees: { US: '0.003' } };
    writeFileSync(file, JSON.stringify(prices));
    await start({ PRICES_FILE: file, MAX_COST_PER_BROADCAST: '0.06' });
    const request = { recipients: [...numbers(2), '+447700900101'], message: 'Hi' };
    const estimated = { amount: '0.057', currency: 'USD', carrierFees: '0.006' };
    const { body: preview } = await send(test, 'post', '/broadcast/preview', request).expect(200);
    expect(preview.cost).toEqual(estimated);
    expect(preview.countries).toContainEqual({ country: 'US', recipients: 2, segments: 2, cost: '0.017' });
    expect((await postBroadcast(test, request).expect(202)).body.cost.estimated).toEqual(estimated);
    expectProblem(await postBroadcast(test, { ...request, recipients: numbers(8) }), 400);
  });

  it('adds up what Plivo billed, per country, beside the estimate', async () => {
    await start({});
    const [first = '', second = ''] = numbers(2);
    const briton = '+447700900101';
    const { body } = await postBroadcast(test, { recipients: [first, second, briton], message: 'Hi' }).expect(202);
    const url = callbackUrlOf(test);
    const uuids = test.simulator.calls()[0]!.messageUuids;
    await postReport(
      test,
      url,
      reportOf(first, uuids[0]!, { Status: 'sent', Sequence: '1', Units: '1', TotalAmount: '0.0050' }),
    );
    // A later report of the same text says it better.
    await postReport(test, url, reportOf(first, uuids[0]!, { Units: '2', TotalAmount: '0.0110' })).expect(204);
    await postReport(test, url, reportOf(briton, uuids[1]!, { Units: '1', TotalAmount: '0.03500' })).expect(204);
    const { body: now } = await get(test, `/broadcast/${body.id}`).expect(200);
    expect(now.cost).toEqual({
      estimated: { amount: '0.051', currency: 'USD' },
      reported: { units: 3, amount: '0.046' },
    });
    expect(now.countries).toEqual([
      { country: 'US', recipients: 2, segments: 2, estimatedCost: '0.011', units: 2, cost: '0.011' },
      { country: 'GB', recipients: 1, segments: 1, estimatedCost: '0.04', units: 1, cost: '0.035' },
    ]);
  });
});
