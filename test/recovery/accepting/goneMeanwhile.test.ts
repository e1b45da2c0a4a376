import { numbers, postBroadcast, readBroadcast } from '../../support/client';
import { send } from '../../support/compliance';
import { eventually } from '../../support/eventually';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const body = { recipients: numbers(3), message: 'Hi' };

describe.each(ENGINES)('a broadcast that is removed while its caller is being answered, on %s', (engine) => {
  let test: TestService;
  beforeEach(async () => {
    test = await startTestService({ engine });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await test.stop();
  });
  const removed = () => jest.spyOn(test.service.store.broadcasts, 'find').mockResolvedValue(null);

  it('is not answered as one that is not there: its people are texted', async () => {
    removed();
    await expect(postBroadcast(test, body)).rejects.toThrow(/hang up|ECONNRESET/);
    await eventually(() => test.simulator.texts().size === body.recipients.length);
  });

  it('is not answered so either where it was to be cancelled: it is', async () => {
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const { body: accepted } = await postBroadcast(test, { ...body, sendAt }).expect(202);
    const gone = removed();
    await expect(send(test, 'post', `/broadcast/${accepted.id}/cancel`)).rejects.toThrow(/hang up|ECONNRESET/);
    gone.mockRestore();
    expect((await readBroadcast(test, accepted.id as string)).status).toBe('cancelled');
  });

  it('is still told that Plivo refused its only call, as nobody was texted', async () => {
    test.simulator.addFault({ kind: 'status', status: 400, times: 1 });
    expect((await postBroadcast(test, body)).status).toBe(400);
  });
});
