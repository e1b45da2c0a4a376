import { numbers, postBroadcast, reportedAndOver } from '../../support/client';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

describe.each(ENGINES)('a broadcast on %s', (engine) => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService({ engine });
  });
  afterAll(() => test.stop());

  it('reaches 2,500 people in exactly three calls, and every one of them is known to be delivered', async () => {
    const { body } = await postBroadcast(test, { message: 'Doors open at 9.', recipients: numbers(2500) }).expect(202);
    const done = await reportedAndOver(test, body.id, 2500);
    expect(done.status).toBe('completed');
    expect(test.simulator.calls().map((call) => call.dst.length)).toEqual([1000, 1000, 500]);
    expect([...test.simulator.texts().values()].every((texts) => texts === 1)).toBe(true);
    expect(test.simulator.texts().size).toBe(2500);
  });
});
