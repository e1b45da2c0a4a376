import type { Simulator } from '../../../src/simulator/simulator';
import { AUTH_ID, Service, call, control, people, send, startQuick } from '../plivoCaller';

let simulator: Simulator;
let service: Service;
beforeEach(async () => {
  service = await Service.start();
});
afterEach(async () => {
  await simulator.stop();
  await service.stop();
});

const start = async (settings: Parameters<typeof startQuick>[0] = {}): Promise<void> => {
  simulator = await startQuick(settings);
};
const credits = async (): Promise<string> => (await call(simulator, '/')).json.cash_credits;

describe('The account', () => {
  test.each(['/', '//'])('is shown with the fields Plivo documents at its address ending in "%s"', async (end) => {
    await start({ credit: 77.39415, autoRecharge: true });
    const { status, json } = await call(simulator, end);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      account_type: 'standard',
      auth_id: AUTH_ID,
      auto_recharge: true,
      billing_mode: 'prepaid',
      cash_credits: '77.39415',
      resource_uri: `/v1/Account/${AUTH_ID}/`,
    });
    expect(simulator.accountRequests()).toBe(1);
  });

  test('is not for strangers, and is not written to', async () => {
    await start();
    expect((await call(simulator, '/', { headers: { authorization: 'Basic bm8=' } })).status).toBe(401);
    expect((await call(simulator, '/', { method: 'POST', body: '{}' })).status).toBe(405);
  });

  test('has less credit with each text that is sent, to the last digit, and none less for one that fails', async () => {
    await start({ credit: 1, optedOut: people(1) });
    await send(simulator, people(40), { text: 'a'.repeat(161) });
    await simulator.idle();
    // 39 texts of two parts at 0.0077 each.
    expect(await credits()).toBe('0.39940');
  });

  test('never runs out where nobody has said what it has', async () => {
    await start();
    const before = await credits();
    await send(simulator, people(40));
    await simulator.idle();
    expect(await credits()).toBe(before);
  });

  test('fails what waits with 900 once its credit is used up, and then refuses sends for a time', async () => {
    await start({ credit: 0.02, noCreditForMs: 300_000 });
    await send(simulator, people(5), { url: service.url });
    await simulator.idle();
    const ends = service.received.filter(({ fields }) => fields['ErrorCode'] === '900');
    expect(ends).toHaveLength(3);
    for (const { fields } of ends) expect(fields).toMatchObject({ Status: 'failed', TotalAmount: '0.00000' });
    const refused = await send(simulator, people(1, 10));
    expect(refused).toMatchObject({ status: 402, json: { error: 'Insufficient Credit' } });
    expect(simulator.texts().has(people(1, 10)[0]!)).toBe(false);

    await control(simulator, 'PATCH', '/settings', { credit: 1, noCreditForMs: 0 });
    expect((await send(simulator, people(1, 10))).status).toBe(202);
  });

  test('can be made to stumble', async () => {
    await start();
    simulator.addFault({ kind: 'status', status: 503, target: 'account' });
    expect((await call(simulator, '/')).status).toBe(503);
    expect((await call(simulator, '/')).status).toBe(200);
  });
});

describe('The prices', () => {
  const pricing = (country: string) => call(simulator, `/Pricing/?country_iso=${country}`);

  test('of a country are told with the fields Plivo documents', async () => {
    await start({ prices: { GB: 0.0463, '*': 0.0077 }, mmsPrices: { US: 0.018 }, dearNetworks: { GB: 0.05 } });
    expect((await pricing('GB')).json).toMatchObject({
      country: 'United Kingdom',
      country_code: 44,
      country_iso: 'GB',
      message: {
        outbound: { rate: '0.04630' },
        outbound_networks_list: [{ rate: '0.04630' }, { group_name: 'United Kingdom - Other', rate: '0.05000' }],
      },
      mms: { outbound: { rate: null }, outbound_networks_list: [] },
    });
    expect((await pricing('us')).json).toMatchObject({
      message: { outbound: { rate: '0.00770' } },
      mms: { outbound: { rate: '0.01800' } },
    });
  });

  test('are what is charged', async () => {
    await start({ credit: 1, prices: { GB: 0.0463, '*': 0.0077 }, mmsPrices: { GB: 0.1, '*': 0.2 } });
    await send(simulator, people(2));
    await send(simulator, ['14155550101']);
    await send(simulator, people(1, 5), { type: 'mms' });
    await simulator.idle();
    // Twice 0.0463, once 0.0077, once 0.1.
    expect(await credits()).toBe('0.79970');
  });

  test('are told of countries only', async () => {
    await start();
    expect([(await pricing('')).status, (await pricing('ZZ')).status]).toEqual([400, 404]);
  });
});

describe('The numbers', () => {
  const numbers = async (path = '') =>
    (await call(simulator, `/Number/${path}`)).json as unknown as { objects: object[] };

  test('that the account rents are listed with what they may do', async () => {
    await start({
      numbers: [
        { number: '+14155550100', tendlcRegistrationStatus: 'PROCESSING' },
        { number: '18005550100', smsEnabled: false },
      ],
    });
    expect((await numbers()).objects).toMatchObject([
      {
        number: '14155550100',
        type: 'local',
        sms_enabled: true,
        tendlc_registration_status: 'PROCESSING',
        tendlc_campaign_id: 'CSIMULATOR',
        toll_free_sms_verification: null,
      },
      { number: '18005550100', type: 'tollfree', sms_enabled: false, toll_free_sms_verification: 'VERIFIED' },
    ]);
    expect((await numbers('?number_startswith=1800')).objects).toHaveLength(1);
    expect(await numbers('?limit=1&offset=1')).toMatchObject({
      meta: { total_count: 2, next: null, previous: expect.stringContaining('offset=0') },
      objects: [{ number: '18005550100' }],
    });
  });

  test("are shown one by one, if they are the account's", async () => {
    await start();
    expect(await numbers('14155550100/')).toMatchObject({ number: '14155550100', sms_enabled: true });
    expect((await call(simulator, '/Number/14155550199/')).status).toBe(404);
  });
});

describe('The applications', () => {
  const application = async (id: string) => await call(simulator, `/Application/${id}/`);

  test('are shown with where they post texts', async () => {
    await start({ applications: [{ id: '123', messageUrl: 'https://sms.example.com/inbound' }] });
    expect((await application('123')).json).toMatchObject({
      app_id: '123',
      message_url: 'https://sms.example.com/inbound',
      resource_uri: `/v1/Account/${AUTH_ID}/Application/123/`,
    });
    expect((await application('124')).status).toBe(404);
  });

  test('can be made to stumble', async () => {
    await start({ applications: [{ id: '123', messageUrl: '' }] });
    simulator.addFault({ kind: 'status', status: 503, target: 'application' });
    expect((await application('123')).status).toBe(503);
    expect((await application('123')).status).toBe(200);
  });
});

test('The clock that answers are dated by can be ahead or behind', async () => {
  await start();
  const aheadMs = async () => Date.parse((await call(simulator, '/')).headers.get('date')!) - Date.now();
  expect(Math.abs(await aheadMs())).toBeLessThan(5000);
  for (const clockAheadMs of [3_600_000, -3_600_000]) {
    await control(simulator, 'PATCH', '/settings', { clockAheadMs });
    expect(Math.abs((await aheadMs()) - clockAheadMs)).toBeLessThan(5000);
  }
});
