import { broadcastWhen, get, numbers } from '../../support/client';
import { eventually } from '../../support/eventually';
import { expectTextedOnce } from '../../support/invariants';
import { expectProblem } from '../../support/problem';
import { postReport, reportOf } from '../../support/reports';
import { previewRetry, retry } from '../../support/retries';
import { addUpAndStop, broadcast, post } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const people = numbers(5);

describe.each(ENGINES)('a retry and all that were made of the same broadcast, on %s', (engine) => {
  let test: TestService;
  beforeEach(async () => {
    test = await startTestService({
      engine,
      env: { PLIVO_BULK_MESSAGE_LIMIT: '5', PAUSE_AFTER_FAILED_BATCHES: '0', PLIVO_MAX_ATTEMPTS: '1' },
    });
  });
  afterEach(() => addUpAndStop(test));

  const refuse = (status: number) => {
    test.simulator.clearFaults();
    test.simulator.addFault({ kind: 'status', status, times: 0 });
  };
  const over = (id: string) =>
    broadcastWhen(test, id, ({ status }) => ['completed', 'partially_failed', 'failed'].includes(status));
  const failed = async (id: string) => {
    expect((await over(id)).status).toBe('failed');
    return id;
  };
  const retried = async (id: string) => (await retry(test, id).expect(202)).body.id as string;
  /** The address at which Plivo reports on the last call that it was made. */
  const lastCall = () => String(test.simulator.calls().at(-1)!.body['url']);
  /** Plivo had taken a call that it seemed to refuse. */
  const tookAfterAll = async (url: string) => {
    for (const person of people) await postReport(test, url, reportOf(person, `late-${person.slice(1)}`)).expect(204);
  };
  const codesOf = async (id: string) => {
    const { data } = (await get(test, `/broadcast/${id}/recipients`).expect(200)).body as {
      data: { errorCode: string | null }[];
    };
    return data.map(({ errorCode }) => errorCode);
  };

  it('text nobody whom one further up the line has reached after all', async () => {
    refuse(400);
    const first = await failed(await broadcast(test, people));
    const second = await failed(await retried(first));
    const call = lastCall();
    const third = await failed(await retried(second));
    refuse(503);
    const fourth = await retried(third);
    await tookAfterAll(call);
    test.simulator.clearFaults();
    expect((await over(fourth)).delivery).toMatchObject({ cancelled: 5 });
    expect(await codesOf(fourth)).toEqual(people.map(() => 'reached'));
    expect(test.simulator.texts().size).toBe(0);
  });

  it('are nobody whom one further up the line is known to have reached, and the preview says so', async () => {
    refuse(400);
    const first = await failed(await broadcast(test, people));
    const call = lastCall();
    const second = await failed(await retried(first));
    const third = await failed(await retried(second));
    await tookAfterAll(call);
    test.simulator.clearFaults();
    const preview = await previewRetry(test, third).expect(200);
    expect(preview.body.recipients).toMatchObject({ submitted: 0 });
    const answer = await retry(test, third);
    expectProblem(answer, 409);
    expect(answer.body.detail).toMatch(/no other retry has taken or reached/);
    expect(test.simulator.texts().size).toBe(0);
  });

  it('text nobody whom another retry has reached that was cancelled', async () => {
    refuse(400);
    const first = await failed(await broadcast(test, people));
    refuse(503);
    const cancelled = await retried(first);
    await eventually(() => test.simulator.calls().length > 1);
    const call = lastCall();
    await post(test, `/broadcast/${cancelled}/cancel`).expect(200);
    await broadcastWhen(test, cancelled, ({ batches }) => batches['cancelled'] === 1);
    const other = await retried(first);
    await tookAfterAll(call);
    test.simulator.clearFaults();
    expect((await over(other)).delivery).toMatchObject({ cancelled: 5 });
    expect(test.simulator.texts().size).toBe(0);
  });

  it('text everybody once where nothing else has reached them', async () => {
    refuse(400);
    const first = await failed(await broadcast(test, people));
    const second = await failed(await retried(first));
    test.simulator.clearFaults();
    const third = await retried(second);
    expect((await over(third)).status).toBe('completed');
    expectTextedOnce(test, people);
  });
});
