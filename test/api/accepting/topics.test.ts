import { get, numbers, postBroadcast } from '../../support/client';
import { optOut, send } from '../../support/compliance';
import { expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const people = numbers(6);
const [first = ''] = people;

type Preview = { readonly digest: string; readonly leftOut: unknown };

describe.each(ENGINES)('a broadcast with a topic, on %s', (engine) => {
  let test: TestService;
  const start = async (env: Record<string, string> = {}) => {
    test = await startTestService({ engine, env });
  };
  afterEach(() => test.stop());
  const body = { message: 'Doors open at 9.', recipients: people, topic: 'opening' };
  const preview = async (change: object = {}): Promise<Preview> => {
    const answer = await send(test, 'post', '/broadcast/preview', { ...body, ...change }).expect(200);
    return answer.body as Preview;
  };

  it('shows it, and tells in the history of a person why they were left out', async () => {
    await start();
    const { body: accepted } = await postBroadcast(test, body).expect(202);
    expect(accepted.topic).toBe('opening');
    const { body: second } = await postBroadcast(test, { ...body, message: 'Doors open at 10.' }).expect(202);
    expect(second).toMatchObject({ status: 'completed', delivery: { cancelled: 6, queued: 0 } });
    const { body: person } = await get(test, `/recipients/${first}`).expect(200);
    expect(JSON.stringify(person)).toContain('Another broadcast has a text of the same topic for them.');
    expect((await postBroadcast(test, { ...body, topic: null }).expect(202)).body.topic).toBeNull();
  });

  it('takes it from a file and a form as from JSON, and as one however an accent is written', async () => {
    await start();
    const csv = await send(test, 'post', '/broadcast?message=Hi&topic=Caf%C3%A9')
      .set('content-type', 'text/csv')
      .send(people.join('\n'))
      .expect(202);
    expect(csv.body.topic).toBe('Café');
    const again = await postBroadcast(test, { ...body, topic: 'Cafe\u0301' }).expect(202);
    expect(again.body.delivery).toMatchObject({ cancelled: 6 });
  });

  it.each([
    ['', 'must not be empty'],
    [' opening', 'nor begin or end with a blank'],
    ['x'.repeat(101), 'at most 100 characters'],
    ['a\u0000b', 'control characters'],
    [7, 'must be a string'],
  ])('is refused where it is %j', async (topic, reason) => {
    await start();
    const response = await postBroadcast(test, { ...body, topic });
    expectProblem(response, 400);
    expect(response.body.errors).toEqual([
      expect.objectContaining({ path: 'topic', msg: expect.stringContaining(reason) }),
    ]);
    expect(test.simulator.calls()).toEqual([]);
  });

  it('is another request for the idempotency key, and another preview', async () => {
    await start();
    const { digest } = await preview();
    expect((await preview({ topic: 'closing' })).digest).not.toBe(digest);
    expect((await preview({ topic: null })).digest).not.toBe(digest);
    expectProblem(await postBroadcast(test, { ...body, topic: 'closing' }, { 'if-match': `"${digest}"` }), 412);
    const key = { 'idempotency-key': 'k', 'if-match': `"${digest}"` };
    await postBroadcast(test, body, key).expect(202);
    expectProblem(await postBroadcast(test, { ...body, topic: 'closing' }, { 'idempotency-key': 'k' }), 422);
  });

  it('says in a dry run how many would be left out by each rule, nobody twice', async () => {
    await start({ MAX_TEXTS_PER_PERSON: '1/1d', DUPLICATE_WINDOW_HOURS: '1' });
    expect((await preview()).leftOut).toEqual({ lookedAt: 6, topic: 0, cap: 0, duplicateText: 0 });
    await postBroadcast(test, { ...body, recipients: people.slice(0, 1) }).expect(202);
    await postBroadcast(test, { ...body, message: 'Come in.', recipients: people.slice(1, 3) }).expect(202);
    await postBroadcast(test, { ...body, message: 'Go out.', topic: null, recipients: people.slice(3, 4) }).expect(202);
    await optOut(test, people[5]!).expect(201);
    expect((await preview()).leftOut).toEqual({ lookedAt: 5, topic: 2, cap: 1, duplicateText: 1 });
    expect((await preview({ topic: null })).leftOut).toEqual({ lookedAt: 5, topic: 0, cap: 3, duplicateText: 1 });
    const { body: sent } = await postBroadcast(test, body).expect(202);
    expect(sent.delivery).toMatchObject({ cancelled: 4, optedOut: 1 });
    // Its report may have come before the answer.
    const { queued, sent: taken, delivered } = sent.delivery as Record<string, number>;
    expect(queued! + taken! + delivered!).toBe(1);
  });

  it('says nothing of it where no rule is in use', async () => {
    await start();
    expect((await preview({ topic: null })).leftOut).toBeNull();
  });
});
