import request from 'supertest';
import { eventually } from '../../support/eventually';
import { get, numbers, postBroadcast, reportedAndOver } from '../../support/client';
import { as, makeKey } from '../../support/keys';
import { expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const TOKEN = 'metrics-token-0123456789';

describe.each(ENGINES)('metrics on %s', (engine) => {
  let test: TestService;
  beforeEach(async () => {
    test = await startTestService({ engine, env: { METRICS_TOKEN: TOKEN, RATE_LIMIT_READS_MAX: '2' } });
  });
  afterEach(() => test.stop());

  const read = () => request(test.url).get('/metrics').set('authorization', `Bearer ${TOKEN}`);

  it('tell what was asked, what Plivo was asked, and how everything stands', async () => {
    const id = (await postBroadcast(test, { message: 'Hi', recipients: numbers(3) }).expect(202)).body.id as string;
    await reportedAndOver(test, id, 3);
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    await postBroadcast(test, { message: 'Later', recipients: numbers(5, 10), sendAt }).expect(202);
    const answer = await read().expect(200);
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    for (const line of [
      'broadcaster_broadcasts{status="completed"} 1',
      'broadcaster_broadcasts{status="scheduled"} 1',
      'broadcaster_batches{status="pending"} 1',
      'broadcaster_recipients_waiting 5',
      'plivo_call_duration_seconds_count{outcome="accepted"} 1',
      'http_request_duration_seconds_count{method="POST",route="/broadcast/",status="202"} 2',
    ])
      expect(answer.text.split('\n')).toContain(line);
    for (const secret of [...numbers(3).map((number) => number.slice(1)), id])
      expect(answer.text).not.toContain(secret);
  });

  it('name what keeps all texts waiting', async () => {
    test.simulator.addFault({ kind: 'status', status: 402, times: 0 });
    await postBroadcast(test, { message: 'Hi', recipients: numbers(3) }, { prefer: 'respond-async' }).expect(202);
    const code = await eventually(
      async () => /broadcaster_dispatch_fault\{code="(\w+)"\} 1/.exec((await read()).text)?.[1] ?? null,
    );
    expect((await get(test, '/health/ready')).body).toMatchObject({ plivo: { code } });
  });

  it('are read by a token that lets in nowhere else, or by a key that may read, and are never limited', async () => {
    for (let times = 0; times < 5; times++) await get(test, '/metrics').expect(200);
    expectProblem(await request(test.url).get('/metrics'), 401);
    expectProblem(await request(test.url).get('/account').set('authorization', `Bearer ${TOKEN}`), 403);
    expectProblem(await as(test, await makeKey(test, ['send'])).get('/metrics'), 403);
    await as(test, await makeKey(test, ['read']))
      .get('/metrics')
      .expect(200);
  });
});
