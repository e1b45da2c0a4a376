import { broadcastWhen, get, numbers, postBroadcast } from '../../support/client';
import { expectNobodyMissing } from '../../support/invariants';
import { expectProblem } from '../../support/problem';
import { post } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const PEOPLE = numbers(6);

describe.each(ENGINES)('numbers that Plivo calls invalid, on %s', (engine) => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService({
      engine,
      env: { PLIVO_BULK_MESSAGE_LIMIT: '2', PAUSE_AFTER_FAILED_BATCHES: '1', PLIVO_MAX_CONCURRENCY: '1' },
    });
  });
  beforeEach(() => test.simulator.reset());
  afterAll(() => test.stop());

  const send = async (people: readonly string[]) => {
    const { body } = await postBroadcast(
      test,
      { recipients: people, message: 'Hi' },
      { prefer: 'respond-async' },
    ).expect(202);
    return body.id as string;
  };
  const peopleOf = async (id: string) => {
    const { body } = await get(test, `/broadcast/${id}/recipients`).expect(200);
    return body.data as { status: string; errorCode: string | null; errorReason: string | null }[];
  };
  const callInvalid = (...people: string[]) => {
    test.simulator.settings.invalidNumbers = people.map((number) => number.slice(1));
  };

  it('are invalid with the reason where they are a whole call, and the others go on', async () => {
    callInvalid(PEOPLE[0]!, PEOPLE[1]!);
    const id = await send(PEOPLE);
    const { delivery } = await broadcastWhen(test, id, ({ status }) => status === 'partially_failed');
    expect(delivery).toMatchObject({ invalid: 2, failed: 0 });
    const people = await peopleOf(id);
    expect(people.slice(0, 2)).toMatchObject(
      Array(2).fill({
        status: 'invalid',
        errorCode: 'invalid_numbers',
        errorReason: expect.stringMatching(/valid number/),
      }),
    );
    expect(people[2]).toMatchObject({ errorCode: null, errorReason: null });
    await expectNobodyMissing(test, id);
  });

  it('tell a caller who waits that nobody was texted, and can be sent again', async () => {
    callInvalid(PEOPLE[0]!);
    expectProblem(await postBroadcast(test, { recipients: [PEOPLE[0]], message: 'Hi' }), 400);
    callInvalid(PEOPLE[0]!, PEOPLE[1]!, PEOPLE[2]!, PEOPLE[3]!);
    const id = await send(PEOPLE.slice(0, 4));
    await broadcastWhen(test, id, ({ status }) => status === 'failed');
    callInvalid();
    await post(test, `/broadcast/${id}/resend-failed`).expect(200);
    await broadcastWhen(test, id, ({ delivery }) => delivery['delivered'] === 4);
    expect(await peopleOf(id)).toMatchObject(
      Array(4).fill({ status: 'delivered', errorCode: null, errorReason: null }),
    );
    await expectNobodyMissing(test, id);
  });

  it('are not those of a batch that is refused for another reason, whose people say which', async () => {
    test.simulator.addFault({ kind: 'status', status: 422 });
    const id = await send(PEOPLE.slice(0, 4));
    await broadcastWhen(test, id, ({ status }) => status === 'paused');
    const people = await peopleOf(id);
    expect(people.slice(0, 2)).toMatchObject(
      Array(2).fill({ status: 'failed', errorCode: 'unprocessable', errorReason: expect.stringMatching(/\w/) }),
    );
    await expectNobodyMissing(test, id);
  });
});
