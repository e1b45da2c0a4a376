import request from 'supertest';
import { eventually } from '../../support/eventually';
import { get, numbers, postBroadcast, reportedAndOver } from '../../support/client';
import { importOptOuts, optOut, write } from '../../support/compliance';
import { as, makeKey } from '../../support/keys';
import { expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const TOKEN = 'metrics-token-0123456789';

describe.each(ENGINES)('metrics on %s', (engine) => {
  let test: TestService;
  const start = (env: Record<string, string> = {}) =>
    startTestService({ engine, env: { METRICS_TOKEN: TOKEN, ...env } });
  beforeEach(async () => {
    test = await start();
  });
  afterEach(() => test.stop());

  /** The value of a metric with these labels, or of the sum of all that begin so; null where there is none. */
  const valueOf = async (series: string): Promise<number | null> => {
    const lines = (await read().expect(200)).text.split('\n').filter((line) => line.startsWith(`${series} `));
    return lines.length === 0 ? null : Number(lines[0]!.split(' ').at(-1));
  };
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

  it('tell what became of delivery reports, and how old they were when they were kept', async () => {
    const id = (await postBroadcast(test, { message: 'Hi', recipients: numbers(3) }).expect(202)).body.id as string;
    await reportedAndOver(test, id, 3);
    expect(await valueOf('broadcaster_delivery_reports_total{status="delivered",result="applied"}')).toBe(3);
    const { text } = await read();
    const kept = [...text.matchAll(/^broadcaster_delivery_reports_total\{.*\} (\d+)$/gm)].map(([, n]) => Number(n));
    const total = kept.reduce((sum, count) => sum + count, 0);
    expect(await valueOf('broadcaster_delivery_report_lag_seconds_count')).toBeGreaterThanOrEqual(3);
    expect(await valueOf('broadcaster_delivery_report_lag_seconds_count')).toBeLessThanOrEqual(total);
    expect(await valueOf('broadcaster_delivery_report_lag_seconds_sum')).toBeLessThan(60 * total);
  });

  it('tell who came onto the opt-out list by whose word, each once', async () => {
    const [stops, called, listed] = [numbers(1), numbers(1, 10), numbers(3, 20)];
    await write(test, stops[0]!, 'STOP');
    await write(test, stops[0]!, 'STOP');
    await optOut(test, called[0]!).expect(201);
    await optOut(test, called[0]!).expect(200);
    await importOptOuts(test, listed.join('\n')).expect(200);
    expect(await valueOf('broadcaster_opt_outs_total{source="keyword"}')).toBe(1);
    expect(await valueOf('broadcaster_opt_outs_total{source="api"}')).toBe(1);
    expect(await valueOf('broadcaster_opt_outs_total{source="import"}')).toBe(3);
    expect(await valueOf('broadcaster_opt_outs_total{source="plivo"}')).toBe(0);
    expect(await valueOf('broadcaster_inbound_texts_total{keyword="optOut"}')).toBe(2);
  });

  it('tell the balance as it was told for another reason, and never ask Plivo for it', async () => {
    await read().expect(200);
    expect(await valueOf('plivo_account_balance_usd')).toBeNull();
    const { body } = await get(test, '/account').expect(200);
    expect(await valueOf('plivo_account_balance_usd')).toBe(Number(body.balance.amount));
    expect(await valueOf('plivo_lookup_duration_seconds_count{what="account",outcome="answered"}')).toBe(1);
  });

  it('tell how the connections to PostgreSQL are used, where there are any', async () => {
    const most = await valueOf('broadcaster_database_connections_max');
    expect(most).toBe(engine === 'postgres' ? 4 : 0);
    expect(await valueOf('broadcaster_database_connection_waits')).toBe(0);
  });

  it('leave out what the database holds while it is away, rather than show that nothing waits', async () => {
    expect(await valueOf('broadcaster_recipients_waiting')).toBe(0);
    await test.service.store.close();
    expect(await valueOf('broadcaster_recipients_waiting')).toBeNull();
    expect(await valueOf('metrics_failures_total')).toBe(2);
    expect(await valueOf('process_resident_memory_bytes')).toBeGreaterThan(0);
  });

  it('are read by a token that lets in nowhere else, or by a key that may read, and are never limited', async () => {
    await test.stop();
    test = await start({ RATE_LIMIT_READS_MAX: '2' });
    for (let times = 0; times < 5; times++) await get(test, '/metrics').expect(200);
    expectProblem(await request(test.url).get('/metrics'), 401);
    expectProblem(await request(test.url).get('/account').set('authorization', `Bearer ${TOKEN}`), 403);
    expectProblem(await as(test, await makeKey(test, ['send'])).get('/metrics'), 403);
    await as(test, await makeKey(test, ['read']))
      .get('/metrics')
      .expect(200);
  });
});
