import { broadcastWhen, numbers, postBroadcast } from '../../support/client';
import { write } from '../../support/compliance';
import { expectNobodyMissing } from '../../support/invariants';
import { ENGINES } from '../../support/testDatabase';
import { startTestService } from '../../support/testService';

describe.each(ENGINES)('a STOP between acceptance and dispatch on %s', (engine) => {
  it('is honoured among 100,000 others, and the sum still adds up', async () => {
    let clock = Date.now;
    const test = await startTestService({
      engine,
      clock: () => clock(),
      simulator: { requestsPer5s: 0, callbackLossShare: 1 },
    });
    const people = numbers(100_001);
    const stopped = people[50_000]!;
    let now = Date.now();
    clock = () => now;
    const sendAt = new Date(now + 60_000).toISOString();
    const request = { recipients: people, message: 'Doors open at 9.', sendAt };
    const { body } = await postBroadcast(test, request).expect(202);
    expect(body).toMatchObject({ status: 'scheduled', recipients: { accepted: 100_001, optedOut: 0 } });
    expect((await write(test, stopped, 'Stop!')).status).toBe(200);
    now += 60_000;
    const done = await broadcastWhen(test, body.id as string, ({ status }) => status === 'completed');

    expect(test.simulator.texts().has(stopped.slice(1))).toBe(false);
    expect(test.simulator.texts().size).toBe(100_000);
    expect([...test.simulator.texts().values()].every((texts) => texts === 1)).toBe(true);
    expect(done.delivery).toMatchObject({ optedOut: 1, queued: 100_000 });
    expect(Object.values(done.delivery).reduce((sum, count) => sum + count, 0)).toBe(100_001);
    await expectNobodyMissing(test, body.id as string);
    await test.stop();
  });
});
