import request from 'supertest';
import { eventually } from '../../support/eventually';
import { numbers } from '../../support/client';
import { expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const KEY = 'key-one-0001';
const env = { API_KEY: KEY, RATE_LIMIT_MAX: '3', AUTH_FAILURES_MAX: '3' };

describe.each(ENGINES)('the limits of all instances together, on %s', (engine) => {
  let all: TestService[];
  beforeEach(async () => {
    const test = await startTestService({ engine, env });
    all = engine === 'postgres' ? [test, await startTestService({ engine, env, beside: test })] : [test];
  });
  afterEach(async () => {
    for (const one of all.reverse()) await one.stop();
  });
  /** One after the other, as a load balancer would. */
  const turn = (index: number) => all[index % all.length]!;
  const send = (index: number) =>
    request(turn(index).url)
      .post('/broadcast')
      .set('x-api-key', KEY)
      .send({ recipients: numbers(1, index), message: 'Hi' });
  const signIn = (index: number, key: string) => request(turn(index).url).get('/broadcast').set('x-api-key', key);

  it('hold for what a key sends, wherever it asks', async () => {
    for (let index = 0; index < 3; index++) await send(index).expect(202);
    for (const index of [3, 4]) {
      const response = await send(index);
      expectProblem(response, 429);
      expect(response.headers['ratelimit']).toMatch(/"changes"; r=0; t=\d+/);
    }
    await signIn(0, KEY).expect(200);
  });

  it('hold for wrong keys, wherever they are tried', async () => {
    for (let index = 0; index < 3; index++) expectProblem(await signIn(index, 'wrong-key-77'), 403);
    for (const index of [3, 4]) expectProblem(await signIn(index, 'wrong-key-78'), 429);
    await signIn(1, KEY).expect(200);
  });

  it('are kept by each instance for itself while the database does not tell', async () => {
    for (const one of all)
      jest.spyOn(one.service.store.requestCounts, 'count').mockRejectedValue(new Error('No database says so.'));
    for (let index = 0; index < 3 * all.length; index++) expectProblem(await signIn(index, 'wrong-key-77'), 403);
    for (const index of [0, 1]) expectProblem(await signIn(index, 'wrong-key-77'), 429);
  });

  it('forget who asked once the window is over', async () => {
    const { requestCounts } = all[0]!.service.store;
    await requestCounts.count('somebody', 1);
    expect(await requestCounts.count('somebody else', 60_000)).toMatchObject({ hits: 1 });
    expect(await requestCounts.count('somebody else', 60_000)).toMatchObject({ hits: 2 });
    await eventually(async () => (await requestCounts.count('somebody', 1)).hits === 1);
    await eventually(async () => !(await requestCounts.removeOver()));
    expect(await requestCounts.count('somebody else', 60_000)).toMatchObject({ hits: 3 });
  });
});
