import { broadcastWhen, get, numbers, postBroadcast } from '../../support/client';
import { eventually } from '../../support/eventually';
import { expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { INBOUND_TOKEN, startTestService, type TestService } from '../../support/testService';

const POWERPACK = '0b1b2ff4-3a51-4a6f-8d57-2f4c1f0a9a11';

const IDLE = { segmentsWaiting: 0, plivoBusyUntil: null };

describe.each(ENGINES)('GET /account on %s', (engine) => {
  let test: TestService;
  beforeEach(async () => {
    test = await startTestService({
      engine,
      env: {
        PLIVO_SENDERS: `44:ACME,46:${POWERPACK},358:ACME`,
        PLIVO_MESSAGES_PER_SECOND: '5',
        PLIVO_SENDER_RATES: 'ACME:1,55555:shortcode',
        PLIVO_HORIZON_SECONDS: '60',
        PLIVO_BATCH_DELAY_MS: '10',
        PLIVO_BULK_MESSAGE_LIMIT: '100',
      },
      simulator: { credit: 77.39415 },
    });
  });
  afterEach(() => test.stop());

  it('shows what the account has, how fast texts go, what waits, and who they come from', async () => {
    const { body } = await get(test, '/account').expect(200);
    expect(body).toEqual({
      balance: {
        amount: '77.39415',
        currency: 'USD',
        autoRecharge: false,
        billingMode: 'prepaid',
        readAt: expect.stringMatching(/^\d{4}-.*Z$/),
        error: null,
      },
      reserve: null,
      faults: [],
      pace: {
        segmentsPerSecond: 5,
        horizonSeconds: 60,
        batchDelayMs: 10,
        callSpacingMs: 0,
        callsAtOnce: 4,
        recipientsPerCall: 100,
      },
      queue: { broadcasts: 0, calls: 0, segments: 0, plivoBusyUntil: null },
      senders: [
        { sender: '+14155550100', numbersBeginning: ['*'], segmentsPerSecond: null, ...IDLE },
        { sender: 'ACME', numbersBeginning: ['44', '358'], segmentsPerSecond: 1, ...IDLE },
        { sender: POWERPACK, numbersBeginning: ['46'], segmentsPerSecond: null, ...IDLE },
        { sender: '55555', numbersBeginning: [], segmentsPerSecond: 100, ...IDLE },
      ],
      inboundUrl: `${test.url}/webhooks/plivo/inbound/${INBOUND_TOKEN}`,
    });
  });

  it('shows what still waits here and until when Plivo is busy', async () => {
    // A minute of Plivo's time is 300 texts: three calls go, the rest waits.
    await postBroadcast(test, { recipients: numbers(1000), message: 'Doors open at 9.' }).expect(202);
    const { queue } = await eventually(async () => {
      const { body } = await get(test, '/account').expect(200);
      return (body as { queue: { calls: number } }).queue.calls === 7 ? (body as { queue: object }) : null;
    });
    expect(queue).toEqual({
      broadcasts: 1,
      calls: 7,
      segments: 700,
      plivoBusyUntil: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it('shows the same of each sender', async () => {
    const britons = Array.from({ length: 100 }, (_, index) => `+4477009001${String(index).padStart(2, '0')}`);
    // In a minute of its time ACME sends sixty.
    await postBroadcast(test, { recipients: [...numbers(10), ...britons], message: 'Hi' }).expect(202);
    const acme = { sender: 'ACME', segmentsWaiting: 50, plivoBusyUntil: expect.stringMatching(/^\d{4}-.*Z$/) };
    await eventually(async () => {
      const { body } = await get(test, '/account').expect(200);
      return (body.senders as { plivoBusyUntil: string | null }[])[1]!.plivoBusyUntil !== null;
    });
    const { body } = await get(test, '/account').expect(200);
    expect(body.senders[0]).toMatchObject({ sender: '+14155550100', ...IDLE });
    expect(body.senders[1]).toMatchObject(acme);
  });

  it('asks Plivo once, however many want to know', async () => {
    await Promise.all(Array.from({ length: 20 }, () => get(test, '/account').expect(200)));
    await get(test, '/account').expect(200);
    expect(test.simulator.accountRequests()).toBe(1);
  });

  it('says that Plivo cannot be reached, with everything that is known without it', async () => {
    await test.simulator.refuseConnections();
    const { body } = await get(test, '/account').expect(200);
    expect(body.balance).toMatchObject({
      amount: null,
      autoRecharge: null,
      error: { code: 'connection_refused', message: expect.stringMatching(/\w/) },
    });
    expect(body).toMatchObject({ pace: { segmentsPerSecond: 5 }, senders: expect.any(Array) });
  });

  it.each([
    ['an answer that cannot be read', { kind: 'garbage-202' }, 'unreadable_answer'],
    ['a refusal', { kind: 'status', status: 401 }, 'unauthorized'],
    ['a page of a gateway', { kind: 'html' }, 'bad_gateway'],
    ['null', { kind: 'null-body' }, 'server_error'],
  ] as const)('says why it knows no balance after %s', async (_, fault, code) => {
    test.simulator.addFault({ ...fault, target: 'account' });
    const { body } = await get(test, '/account').expect(200);
    expect(body.balance).toMatchObject({ amount: null, error: { code } });
  });

  it('shows what keeps dispatch waiting', async () => {
    test.simulator.addFault({ kind: 'status', status: 402, times: 0 });
    const { id } = (await postBroadcast(test, { recipients: numbers(101), message: 'Hi' }).expect(202)).body as {
      id: string;
    };
    await broadcastWhen(test, id, ({ errors }) => (errors as unknown[]).length > 0);
    const { body } = await get(test, '/account').expect(200);
    expect(body.faults).toEqual([
      {
        concerns: 'dispatch',
        code: 'insufficient_credit',
        plivoStatus: 402,
        message: expect.stringMatching(/paused/),
        since: expect.stringMatching(/^\d{4}-/),
        retryAt: expect.stringMatching(/^\d{4}-/),
      },
    ]);
  });

  it('takes no parameters', async () => {
    expectProblem(await get(test, '/account?fresh=true'), 400);
  });
});
