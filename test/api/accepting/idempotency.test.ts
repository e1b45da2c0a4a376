import { get, numbers, postBroadcast, readBroadcast } from '../../support/client';
import { eventually } from '../../support/eventually';
import { expectNobodyMissing, expectTextedOnce } from '../../support/invariants';
import { expectNothingUnforeseen, expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const body = { recipients: numbers(5), message: 'Doors open at 9.', name: 'Opening', expirySeconds: 600 };
const withKey = (key: string, prefer = 'wait=10') => ({ 'Idempotency-Key': key, Prefer: prefer });

describe.each(ENGINES)('an idempotency key on %s', (engine) => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService({ engine });
  });
  beforeEach(() => {
    test.simulator.settings.latencyMs = 0;
    test.simulator.reset();
  });
  afterAll(() => test.stop());
  afterEach(() => expectNothingUnforeseen(test));

  it('makes a repeated request return the first answer, and texts nobody again', async () => {
    const first = await postBroadcast(test, body, withKey('repeat')).expect(202);
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    const again = await postBroadcast(test, body, withKey('repeat')).expect(202);
    expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true', location: first.headers['location'] });
    expect(again.type).toBe('application/json');
    expect(again.text).toBe(first.text);
    expectTextedOnce(test, body.recipients);
    await expectNobodyMissing(test, first.body.id as string);
  });

  it('returns the first answer even when the broadcast has changed since', async () => {
    const first = await postBroadcast(test, body, withKey('changed', 'respond-async')).expect(202);
    await eventually(async () => (await readBroadcast(test, first.body.id as string)).delivery['delivered'] === 5);
    const again = await postBroadcast(test, body, withKey('changed', 'respond-async')).expect(202);
    expect(again.text).toBe(first.text);
    await expectNobodyMissing(test, first.body.id as string);
  });

  it('does not care how the JSON is written or how long the caller waits', async () => {
    const first = await postBroadcast(test, body, withKey('spelling')).expect(202);
    const { message, recipients, ...rest } = body;
    const again = await postBroadcast(test, { ...rest, recipients, message }, withKey('spelling', 'respond-async'));
    expect(again.text).toBe(first.text);
    await expectNobodyMissing(test, first.body.id as string);
  });

  it.each<[what: string, change: object]>([
    ['another text', { message: 'Doors open at 10.' }],
    ['a person more', { recipients: numbers(6) }],
    ['a person less', { recipients: numbers(4) }],
    ['another person', { recipients: [...numbers(4), '+447700900123'] }],
    ['another order', { recipients: [...numbers(5)].reverse() }],
    ['a repeated person', { recipients: [...numbers(5), ...numbers(1)] }],
    ['another name', { name: 'Closing' }],
    ['another expiry', { expirySeconds: 700 }],
    ['no name', { name: undefined }],
  ])('cannot be used for a request with %s', async (what, change) => {
    const key = `other ${what}`;
    const { body: first } = await postBroadcast(test, body, withKey(key)).expect(202);
    const response = await postBroadcast(test, { ...body, ...change }, withKey(key));
    expectProblem(response, 422);
    expect(response.body.detail).toMatch(/new key/);
    expect(test.simulator.calls()).toHaveLength(1);
    await expectNobodyMissing(test, first.id as string);
  });

  it('is not used up by a request that was refused as faulty', async () => {
    await postBroadcast(test, { ...body, message: '' }, withKey('faulty')).expect(400);
    const { body: done } = await postBroadcast(test, body, withKey('faulty')).expect(202);
    expectTextedOnce(test, body.recipients);
    await expectNobodyMissing(test, done.id as string);
  });

  it('whose broadcast failed entirely may be used again, even with another text', async () => {
    test.simulator.addFault({ kind: 'status', status: 402 });
    const refused = await postBroadcast(test, body, withKey('failed'));
    expectProblem(refused, 402);
    const second = await postBroadcast(test, { ...body, message: 'Second try.' }, withKey('failed')).expect(202);
    expect(second.headers).not.toHaveProperty('idempotency-replayed');
    expect(second.body.id).not.toBe(refused.body.broadcastId);
    expectTextedOnce(test, body.recipients);
    await expectNobodyMissing(test, second.body.id as string);
  });

  it('whose broadcast has an unknown outcome may not', async () => {
    test.simulator.addFault({ kind: 'reset' });
    const first = await postBroadcast(test, body, withKey('unknown')).expect(202);
    expect(first.body.batches.unconfirmed).toBe(1);
    const again = await postBroadcast(test, body, withKey('unknown')).expect(202);
    expect(again.text).toBe(first.text);
    expect(test.simulator.calls()).toHaveLength(1);
    await expectNobodyMissing(test, first.body.id as string);
  });

  it('tells a repetition to come back while the first request is still being answered', async () => {
    test.simulator.settings.latencyMs = 1500;
    const first = postBroadcast(test, body, withKey('busy')).expect(202);
    const answered = first.then((response) => response);
    await eventually(() => test.simulator.calls().length === 1);
    const again = await postBroadcast(test, body, withKey('busy'));
    expectProblem(again, 409);
    expect(Number(again.headers['retry-after'])).toBeGreaterThan(0);
    const { text, body: done } = await answered;
    expect((await postBroadcast(test, body, withKey('busy')).expect(202)).text).toBe(text);
    await expectNobodyMissing(test, done.id as string);
  });

  it.each(['respond-async', 'wait=10'])('lets one of forty requests at the same moment in (%s)', async (prefer) => {
    const before = (await get(test, '/broadcast?limit=1000')).body.data as unknown[];
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => postBroadcast(test, body, withKey(`forty ${prefer}`, prefer))),
    );
    const taken = answers.filter(({ status }) => status === 202);
    expect(taken.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    expect(new Set(taken.map((response) => response.body.id as string)).size).toBe(1);
    for (const answer of answers.filter(({ status }) => status !== 202)) expectProblem(answer, 409);
    const id = taken[0]!.body.id as string;
    await eventually(async () => (await readBroadcast(test, id)).delivery['delivered'] === 5);
    expectTextedOnce(test, body.recipients);
    expect((await get(test, '/broadcast?limit=1000')).body.data).toHaveLength(before.length + 1);
    await expectNobodyMissing(test, id);
  });

  it('is not asked for: the same request twice without one is two broadcasts', async () => {
    const first = await postBroadcast(test, body).expect(202);
    const second = await postBroadcast(test, body).expect(202);
    expect(second.body.id).not.toBe(first.body.id);
    expect([...test.simulator.texts().values()]).toEqual([2, 2, 2, 2, 2]);
  });
});
