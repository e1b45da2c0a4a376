import { Socket } from 'node:net';
import { realTimers } from '../../src/composing/realTimers';
import {
  createPlivoService,
  type ListQuery,
  type PlivoService,
  type PlivoServiceOptions,
  type SendRequest,
} from '../../src/services/plivo/plivoService';
import { reply, startLocalServer, type Answer, type LocalServer } from './localServer';

const AUTH_ID = 'MAEXAMPLEEXAMPLEEXAM';
const REQUEST: SendRequest = {
  from: { sender: '+14155550100' },
  recipients: ['+14155550102', '+447700900102', '+14155550101'],
  text: 'Grüße 👋',
  callbackUrl: null,
  expirySeconds: null,
  mediaUrls: null,
};
const DST = '+14155550102<+447700900102<+14155550101';
const ACCEPTED = { api_id: 'api-1', message: 'message(s) queued', message_uuid: ['uuid-1'] };

/** As one that is stopped: nothing goes on but the clock. */
const standStill = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

let server: LocalServer;
let plivo: PlivoService;

async function connectTo(answer: Answer, slash = '', others: Partial<PlivoServiceOptions> = {}): Promise<void> {
  server = await startLocalServer(answer);
  plivo = createPlivoService({
    authId: AUTH_ID,
    authToken: 'example-token',
    apiUrl: server.url + slash,
    timeoutMs: 1_000,
    timers: realTimers,
    ...others,
  });
}

beforeEach(() => {
  jest.replaceProperty(process, 'env', {});
});

afterEach(async () => {
  plivo.close();
  await server.close();
  jest.restoreAllMocks();
});

describe('a send call', () => {
  it.each(['', '/', '//'])(
    'posts JSON to the account with Basic credentials (address ending in "%s")',
    async (slash) => {
      await connectTo(reply(202, ACCEPTED), slash);
      await plivo.send(REQUEST);
      expect(server.received).toMatchObject([
        {
          method: 'POST',
          url: `/v1/Account/${AUTH_ID}/Message/`,
          headers: {
            authorization: `Basic ${Buffer.from(`${AUTH_ID}:example-token`).toString('base64')}`,
            'content-type': 'application/json',
          },
        },
      ]);
    },
  );

  it('never leaves by a kept connection once its process has stood still past its time-out', async () => {
    await connectTo(reply(202, ACCEPTED), '', { timeoutMs: 200 });
    await plivo.send(REQUEST);
    const outcome = plivo.send(REQUEST);
    standStill(400);
    expect(await outcome).toMatchObject({ kind: 'unknown' });
    await plivo.readClock();
    expect(server.received.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('never leaves by a new connection where that happened while it was made', async () => {
    await connectTo(reply(202, ACCEPTED), '', { timeoutMs: 200 });
    const connect = jest.spyOn(Socket.prototype, 'connect');
    connect.mockImplementationOnce(function (this: Socket, ...options) {
      connect.mockRestore();
      this.connect(...options);
      standStill(400);
      return this;
    });
    expect(await plivo.send(REQUEST)).toMatchObject({ kind: 'unknown' });
    await plivo.readClock();
    expect(server.received.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  it.each<[string, Partial<SendRequest>, Record<string, unknown>]>([
    ['nothing but the message', {}, { src: '+14155550100', type: 'sms' }],
    ['a name as sender', { from: { sender: 'Library' } }, { src: 'Library', type: 'sms' }],
    ['a powerpack', { from: { powerpackUuid: 'pp-1' } }, { powerpack_uuid: 'pp-1', type: 'sms' }],
    [
      'a callback address',
      { callbackUrl: 'https://sms.example.com/hook/a-B_c' },
      { src: '+14155550100', type: 'sms', url: 'https://sms.example.com/hook/a-B_c', method: 'POST' },
    ],
    ['an expiry', { expirySeconds: 600 }, { src: '+14155550100', type: 'sms', message_expiry: 600 }],
    [
      'media',
      { mediaUrls: ['https://sms.example.com/Map_1.png'] },
      { src: '+14155550100', type: 'mms', media_urls: ['https://sms.example.com/Map_1.png'] },
    ],
    ['an empty list of media', { mediaUrls: [] }, { src: '+14155550100', type: 'sms' }],
  ])('with %s carries these fields and no others', async (_name, change, fields) => {
    await connectTo(reply(202, ACCEPTED));
    await plivo.send({ ...REQUEST, ...change });
    expect(JSON.parse(server.received[0]!.body)).toEqual({ dst: DST, text: REQUEST.text, ...fields });
  });

  it.each([
    ['true', {}],
    ['number_only', { log: 'number_only' }],
    ['false', { log: false }],
  ] as const)('tells Plivo what to keep where that is less than usual: %s', async (log, fields) => {
    await connectTo(reply(202, ACCEPTED), '', { log });
    await plivo.send(REQUEST);
    expect(JSON.parse(server.received[0]!.body)).toEqual({
      src: '+14155550100',
      dst: DST,
      text: REQUEST.text,
      type: 'sms',
      ...fields,
    });
  });

  it.each<[string, Partial<SendRequest>]>([
    ['nobody to send to', { recipients: [] }],
    ['no sender', { from: { sender: '' } }],
  ])('with %s is refused here', async (_name, change) => {
    await connectTo(reply(202, ACCEPTED));
    expect(await plivo.send({ ...REQUEST, ...change })).toMatchObject({
      kind: 'refused_for_good',
      code: 'bad_request',
    });
    expect(server.received).toHaveLength(0);
  });

  it('leaves the request object as it was', async () => {
    await connectTo(reply(202, ACCEPTED));
    const frozen = Object.freeze({ ...REQUEST, recipients: Object.freeze([...REQUEST.recipients]) });
    expect(await plivo.send(frozen)).toMatchObject({ kind: 'accepted' });
  });
});

it('a connection is closed from here once it has been idle for four seconds', async () => {
  let idleMs = 0;
  const closed = new Promise<void>((resolve) => {
    void connectTo((response, socket) => {
      reply(202, ACCEPTED)(response, socket);
      const start = performance.now();
      socket.once('end', () => {
        idleMs = performance.now() - start;
        resolve();
      });
    }).then(() => plivo.send(REQUEST));
  });
  await closed;
  expect(idleMs).toBeGreaterThan(3_500);
  expect(idleMs).toBeLessThan(30_000);
});

describe('a list call', () => {
  const QUERY: ListQuery = {
    fromNumber: '+14155550100',
    toNumber: '+14155550101',
    powerpackUuid: null,
    after: new Date('2026-05-04T10:00:00.250Z'),
    before: new Date('2026-05-04T10:05:00Z'),
  };
  const RECORD = {
    message_uuid: 'uuid-1',
    from_number: '14155550100',
    to_number: '+14155550101',
    message_state: 'delivered',
    message_direction: 'outbound',
    error_code: '000',
    units: 2,
    total_amount: '0.01100',
    message_time: '2026-05-04 15:30:20.123456+05:30',
    requester_ip: '203.0.113.7',
  };
  const LISTED = {
    messageUuid: 'uuid-1',
    fromNumber: '+14155550100',
    toNumber: '+14155550101',
    direction: 'outbound',
    state: 'delivered',
    errorCode: '000',
    units: 2,
    totalAmount: '0.01100',
    messageTime: Date.parse('2026-05-04T10:00:20.123Z'),
    requesterIp: '203.0.113.7',
  };
  const list = (objects: unknown, meta: unknown = { total_count: 41 }) => reply(200, { api_id: 'x', meta, objects });

  it('asks for a window of time, a sender and a recipient', async () => {
    await connectTo(list([]));
    await plivo.listMessages({ ...QUERY, limit: 5, offset: 20 });
    const { pathname, searchParams } = new URL(server.received[0]!.url, server.url);
    expect(pathname).toBe(`/v1/Account/${AUTH_ID}/Message/`);
    expect(Object.fromEntries(searchParams)).toEqual({
      message_direction: 'outbound',
      from_number: '14155550100',
      to_number: '14155550101',
      message_time__gte: '2026-05-04 10:00:00.250000',
      message_time__lte: '2026-05-04 10:05:00.000000',
      limit: '5',
      offset: '20',
    });
  });

  it('asks for a powerpack, and leaves out the filters that are not set', async () => {
    await connectTo(list([]));
    await plivo.listMessages({ ...QUERY, fromNumber: null, toNumber: null, powerpackUuid: 'pp-1' });
    const fields = Object.fromEntries(new URL(server.received[0]!.url, server.url).searchParams);
    expect(fields).toMatchObject({ powerpack_id: 'pp-1', limit: '20', offset: '0' });
    expect(fields).not.toHaveProperty('from_number');
    expect(fields).not.toHaveProperty('to_number');
  });

  it.each(['outbound', 'inbound'] as const)(
    'asks for what is %s, and for outbound where nothing is said',
    async (direction) => {
      await connectTo(list([]));
      await plivo.listMessages(direction === 'outbound' ? QUERY : { ...QUERY, direction });
      expect(new URL(server.received[0]!.url, server.url).searchParams.get('message_direction')).toBe(direction);
    },
  );

  it.each<[string, Answer, unknown]>([
    ['the messages and how many there are in all', list([RECORD]), { kind: 'listed', messages: [LISTED], total: 41 }],
    ['no messages', list([], { total_count: 0 }), { kind: 'listed', messages: [], total: 0 }],
    ['an unknown total', list([], {}), { kind: 'listed', messages: [], total: null }],
    [
      'a masked number as it is, and what is absent as null',
      list([{ ...RECORD, to_number: '141XXXXX101', error_code: null, units: null, total_amount: null }]),
      {
        kind: 'listed',
        messages: [{ ...LISTED, toNumber: '141XXXXX101', errorCode: null, units: null, totalAmount: null }],
        total: 41,
      },
    ],
    [
      'no direction where the record has none',
      list([{ ...RECORD, message_direction: undefined }]),
      { kind: 'listed', messages: [{ ...LISTED, direction: null }], total: 41 },
    ],
    [
      'no address where the record has none',
      list([{ ...RECORD, requester_ip: null }]),
      { kind: 'listed', messages: [{ ...LISTED, requesterIp: null }], total: 41 },
    ],
    [
      'a time without offset as UTC',
      list([{ ...RECORD, message_time: '2026-05-04 10:00:20' }]),
      { kind: 'listed', messages: [{ ...LISTED, messageTime: Date.parse('2026-05-04T10:00:20Z') }], total: 41 },
    ],
  ])('gives %s', async (_name, answer, expected) => {
    await connectTo(answer);
    expect(await plivo.listMessages(QUERY)).toEqual(expected);
  });

  it.each<[string, Answer, { status: number | null; code: string }]>([
    ['too many calls', reply(429, { error: 'slow' }), { status: 429, code: 'rate_limited' }],
    ['wrong credentials', reply(401), { status: 401, code: 'unauthorized' }],
    ['an error without a body', reply(500, null), { status: 500, code: 'server_error' }],
    ['a page', reply(200, '<html></html>'), { status: null, code: 'unreadable_answer' }],
    ['null', reply(200, null), { status: null, code: 'unreadable_answer' }],
    ['an answer without a list', reply(200, { meta: {} }), { status: null, code: 'unreadable_answer' }],
    [
      'a record without a recipient',
      list([{ ...RECORD, to_number: undefined }]),
      { status: null, code: 'unreadable_answer' },
    ],
    ['silence', () => undefined, { status: null, code: 'timeout' }],
  ])('is refused by %s, and never taken for an empty list', async (_name, answer, expected) => {
    await connectTo(answer);
    expect(await plivo.listMessages(QUERY)).toMatchObject({ kind: 'refused', ...expected });
  });

  it('is refused after close', async () => {
    await connectTo(list([]));
    plivo.close();
    expect(await plivo.listMessages(QUERY)).toMatchObject({ kind: 'refused', code: 'closed' });
  });
});

describe('the account', () => {
  const ACCOUNT = { api_id: 'x', cash_credits: '77.39415', auto_recharge: false, billing_mode: 'prepaid' };
  const account = (balanceNanos: number, others: object = {}) => ({
    kind: 'account',
    account: { balanceNanos, autoRecharge: false, billingMode: 'prepaid', ...others },
  });
  const UNREADABLE = { kind: 'refused', code: 'unreadable_answer' };

  it('is asked for at the address that Plivo documents', async () => {
    await connectTo(reply(200, ACCOUNT));
    await plivo.readAccount();
    expect(server.received).toMatchObject([{ method: 'GET', url: `/v1/Account/${AUTH_ID}/` }]);
  });

  it.each<[string, Answer, object]>([
    ['what it has, to the last digit', reply(200, ACCOUNT), account(77_394_150_000)],
    ['a number where a text was', reply(200, { ...ACCOUNT, cash_credits: 0.1 }), account(100_000_000)],
    ['a debt', reply(200, { ...ACCOUNT, cash_credits: '-1.50000' }), account(-1_500_000_000)],
    [
      'that it recharges by itself',
      reply(200, { ...ACCOUNT, auto_recharge: true }),
      account(77_394_150_000, { autoRecharge: true }),
    ],
    [
      'a bill at the end of the month',
      reply(200, { ...ACCOUNT, billing_mode: 'postpaid' }),
      account(77_394_150_000, { billingMode: 'postpaid' }),
    ],
    ['no balance where it says none', reply(200, { api_id: 'x' }), UNREADABLE],
    ['no balance of words', reply(200, { ...ACCOUNT, cash_credits: 'plenty' }), UNREADABLE],
    ['no balance of a page', reply(200, '<html>'), UNREADABLE],
    ['no balance of nothing', reply(200, null), UNREADABLE],
    ['a wrong token', reply(401, { error: 'no' }), { kind: 'refused', status: 401, code: 'unauthorized' }],
    [
      'that it is asked too often',
      reply(429, { error: 'slow' }),
      { kind: 'refused', status: 429, code: 'rate_limited' },
    ],
    ['a broken line', (_, socket) => socket.destroy(), { kind: 'refused', status: null, code: 'connection_lost' }],
    ['silence', () => undefined, { kind: 'refused', status: null, code: 'timeout' }],
  ])('tells %s', async (_name, answer, expected) => {
    await connectTo(answer);
    expect(await plivo.readAccount()).toMatchObject(expected);
  });

  it('is not asked for once the service is closed', async () => {
    await connectTo(reply(200, ACCOUNT));
    plivo.close();
    expect(await plivo.readAccount()).toMatchObject({ kind: 'refused', code: 'closed' });
    expect(server.received).toHaveLength(0);
  });
});

describe('the prices of a country', () => {
  const PRICING = {
    api_id: 'x',
    country_iso: 'GB',
    message: {
      inbound: { rate: '0.00000' },
      outbound: { rate: '0.04630' },
      outbound_networks_list: [
        { group_name: 'A', rate: '0.04630' },
        { group_name: 'B', rate: '0.05000' },
      ],
    },
    mms: { outbound: { rate: null } },
  };
  const NONE = { usual: null, dearest: null };
  const price = (sms: object, mms: object = NONE) => ({ kind: 'pricing', price: { sms, mms } });
  const withMessage = (message: unknown) => reply(200, { ...PRICING, message });

  it('are asked for by its code', async () => {
    await connectTo(reply(200, PRICING));
    await plivo.readPricing('GB');
    expect(server.received).toMatchObject([{ method: 'GET', url: `/v1/Account/${AUTH_ID}/Pricing/?country_iso=GB` }]);
  });

  it.each<[string, Answer, object]>([
    [
      'the usual one and that of the dearest network',
      reply(200, PRICING),
      price({ usual: 46_300_000, dearest: 50_000_000 }),
    ],
    [
      'numbers where texts were',
      withMessage({ outbound: { rate: 0.1 } }),
      price({ usual: 100_000_000, dearest: 100_000_000 }),
    ],
    [
      'the dearest where no usual one is named',
      withMessage({ outbound_networks_list: [{ rate: '0.2' }, { rate: '0.1' }] }),
      price({ usual: 200_000_000, dearest: 200_000_000 }),
    ],
    [
      'that of messages with media',
      reply(200, { ...PRICING, message: null, mms: { outbound: { rate: '0.018' } } }),
      price(NONE, { usual: 18_000_000, dearest: 18_000_000 }),
    ],
    ['none where there is none', withMessage({ outbound: { rate: null } }), price(NONE)],
    ['none of words', withMessage({ outbound: { rate: 'on request' }, outbound_networks_list: 'none' }), price(NONE)],
    [
      'nothing of an answer about no country',
      reply(200, { api_id: 'x' }),
      { kind: 'refused', code: 'unreadable_answer' },
    ],
    ['nothing of a page', reply(200, '<html>'), { kind: 'refused', code: 'unreadable_answer' }],
    ['that there is no such country', reply(404, { error: 'not found' }), { kind: 'refused', status: 404 }],
  ])('tell %s', async (_name, answer, expected) => {
    await connectTo(answer);
    expect(await plivo.readPricing('GB')).toMatchObject(expected);
  });
});
