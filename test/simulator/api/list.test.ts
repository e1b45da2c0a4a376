import type { Simulator } from '../../../src/simulator/simulator';
import { AUTH_ID, SENDER, call, people, send, startQuick } from '../plivoCaller';

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startQuick({ listRequestsPerMinute: 0 });
});
afterEach(() => simulator.stop());

const list = (query = '') => call(simulator, `/Message/${query}`);
const found = async (query: string): Promise<string[]> =>
  (await list(query)).json.objects.map((record) => record.to_number);
/** The filter's form: UTC, with microseconds. */
const utc = (epochMs: number): string =>
  encodeURIComponent(`${new Date(epochMs).toISOString().slice(0, -1).replace('T', ' ')}000`);

describe('The message list', () => {
  test('a record has the fields Plivo documents and never the text', async () => {
    const { json } = await send(simulator, people(1), { text: 'a'.repeat(161) });
    await simulator.idle();
    const { status, json: answer } = await list();

    expect(status).toBe(200);
    const uuid = json.message_uuid[0];
    const record = {
      message_uuid: uuid,
      from_number: SENDER,
      to_number: people(1)[0],
      message_direction: 'outbound',
      message_state: 'delivered',
      message_type: 'sms',
      message_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+05:30$/),
      units: 2,
      total_rate: '0.00770',
      total_amount: '0.01540',
      error_code: '000',
      powerpack_id: null,
      destination_country_iso2: null,
      requester_ip: '127.0.0.1',
      mcc: expect.any(String),
      mnc: expect.any(String),
      resource_uri: `/v1/Account/${AUTH_ID}/Message/${uuid}/`,
    };
    expect(answer.objects).toEqual([record]);
    const age = Date.now() - Date.parse(answer.objects[0]!.message_time.replace(' ', 'T'));
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThan(30_000);

    const single = await call(simulator, `/Message/${uuid}/`);
    expect(single.json).toEqual({ api_id: expect.any(String), ...record });
  });

  test('an unknown uuid is not found', async () => {
    for (const uuid of ['00000000-0000-0000-0000-000000000000', 'nonsense']) {
      expect((await call(simulator, `/Message/${uuid}/`)).status).toBe(404);
    }
  });

  test('pages of 20, newest first, lead from one to the next', async () => {
    for (const person of people(45)) await send(simulator, [person]);

    const seen: string[] = [];
    let next: string | null = `/v1/Account/${AUTH_ID}/Message/`;
    const sizes = [];
    while (next !== null) {
      const { json } = await call(simulator, next.slice(`/v1/Account/${AUTH_ID}`.length));
      expect(json.meta).toMatchObject({ limit: 20, offset: seen.length, total_count: 45 });
      expect(json.meta.previous === null).toBe(seen.length === 0);
      seen.push(...json.objects.map((record) => record.to_number));
      sizes.push(json.objects.length);
      next = json.meta.next;
    }
    expect(sizes).toEqual([20, 20, 5]);
    expect(seen).toEqual(people(45).reverse());
  });

  test.each(['?limit=21', '?limit=0', '?limit=x', '?offset=-1', '?message_time__gte=yesterday'])(
    'a query of %s is refused',
    async (query) => {
      expect((await list(query)).status).toBe(400);
    },
  );

  test('it is filtered by numbers, state, error code, kind, direction and powerpack', async () => {
    simulator.settings.optedOut = ['447700900001'];
    await send(simulator, people(2));
    await send(simulator, ['447700900002'], { src: '14155550199' });
    await send(simulator, ['447700900003'], { src: undefined, powerpack_uuid: 'pack-1', type: 'mms' });
    await simulator.idle();

    expect(await found('?to_number=447700900000')).toEqual(['447700900000']);
    expect(await found('?to_number=%2B447700900000')).toEqual(['447700900000']);
    expect(await found('?from_number=14155550199')).toEqual(['447700900002']);
    expect(await found(`?from_number=${SENDER}&to_number=447700900002`)).toEqual([]);
    expect(await found('?message_state=failed')).toEqual(['447700900001']);
    expect(await found('?error_code=200')).toEqual(['447700900001']);
    expect(await found('?powerpack_id=pack-1')).toEqual(['447700900003']);
    expect(await found('?message_type=mms')).toEqual(['447700900003']);
    expect(await found('?message_direction=inbound')).toEqual([]);
    expect(await found('?message_direction=outbound')).toHaveLength(4);
  });

  test('it is filtered by time', async () => {
    await send(simulator, people(1));
    const at = simulator.textsOf(people(1)[0]!)[0]!.acceptedAt;

    expect(await found(`?message_time__gte=${utc(at)}&message_time__lte=${utc(at)}`)).toHaveLength(1);
    expect(await found(`?message_time__gt=${utc(at)}`)).toHaveLength(0);
    expect(await found(`?message_time__lt=${utc(at)}`)).toHaveLength(0);
    expect(await found(`?message_time__gt=${utc(at - 1)}&message_time__lt=${utc(at + 1)}`)).toHaveLength(1);
    const minute = new Date(at).toISOString().slice(0, 16).replace('T', '%20');
    expect(await found(`?message_time=${minute}`)).toHaveLength(1);
    expect(await found(`?message_time__gte=${minute}`)).toHaveLength(1);
    expect(await found(`?message_time__lt=${minute}`)).toHaveLength(0);
  });

  test('without a time only the last 24 hours are listed', async () => {
    const yesterday = Date.now() - 25 * 3_600_000;
    const clock = jest.spyOn(Date, 'now').mockReturnValue(yesterday);
    await send(simulator, people(1));
    clock.mockRestore();

    expect(await found('')).toEqual([]);
    expect(await found(`?message_time__gte=${utc(yesterday)}`)).toHaveLength(1);
  });

  test('a new record may take a while to appear in the list, not in the record itself', async () => {
    simulator.settings.listVisibleAfterMs = 60_000;
    const { json } = await send(simulator, people(1));
    expect((await list()).json.meta.total_count).toBe(0);
    expect((await call(simulator, `/Message/${json.message_uuid[0]!}/`)).status).toBe(200);
    simulator.settings.listVisibleAfterMs = 0;
    expect((await list()).json.meta.total_count).toBe(1);
  });

  test('numbers are partly masked, and not found by number, when the send or the account says so', async () => {
    await send(simulator, people(1), { log: false });
    await send(simulator, people(1, 1), { log: 'content_only' });
    await send(simulator, people(1, 2), { log: 'number_only' });
    expect(await found('')).toEqual(['447700900002', '44770090XXXX', '44770090XXXX']);
    expect(await found('?to_number=447700900000')).toEqual([]);
    simulator.settings.maskNumbers = true;
    expect(await found('')).toEqual(Array(3).fill('44770090XXXX'));
  });

  test('more list requests than allowed in a minute get 429; sends are not touched by that', async () => {
    simulator.settings.listRequestsPerMinute = 2;
    expect([(await list()).status, (await list()).status, (await list()).status]).toEqual([200, 200, 429]);
    expect((await send(simulator, people(1))).status).toBe(202);
    expect(simulator.listRequests()).toBe(3);
  });
});
