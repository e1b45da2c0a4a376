import { broadcastWhen, get, postBroadcast } from '../../support/client';
import { importOptOuts, optOut, send, write } from '../../support/compliance';
import { expectNobodyMissing } from '../../support/invariants';
import { expectNothingUnforeseen, expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

/** Each: one phone, as it counts, and in another spelling that people and old systems use. */
const PHONES = [
  ['Mexico', '+525512345679', '+5215512345679'],
  ['Argentina', '+5491123456789', '+541123456789'],
  ['Brazil', '+5511987654321', '+551187654321'],
  ['Australia', '+61491570156', '+610491570156'],
  ['the United Kingdom', '+447700900123', '+44 (0)7700 900-123'],
  ['the United States', '+14155550123', '001 (415) 555-0123'],
] as const;

describe.each(ENGINES)('one phone is one person on %s', (engine) => {
  let test: TestService;
  beforeEach(async () => {
    test = await startTestService({ engine });
  });
  afterEach(async () => {
    expectNothingUnforeseen(test);
    await test.stop();
  });
  const message = 'Doors open at 9.';
  const textsOf = (number: string) => test.simulator.textsOf(number).length;

  it.each(PHONES)('in a broadcast, where it is texted once: %s', async (_, number, other) => {
    const { body } = await postBroadcast(test, { recipients: [other, number, other], message }).expect(202);
    expect(body.recipients).toMatchObject({ submitted: 3, accepted: 1, duplicates: 2, invalid: 0 });
    await broadcastWhen(test, body.id as string, ({ delivery }) => delivery['delivered'] === 1);
    expect([...test.simulator.texts().keys()]).toEqual([number.slice(1)]);
    const page = await get(test, `/broadcast/${body.id}/recipients`).expect(200);
    expect(page.body.data).toMatchObject([{ recipient: number, status: 'delivered' }]);
    await expectNobodyMissing(test, body.id as string);
  });

  it.each(PHONES)('when it says STOP from either spelling: %s', async (_, number, other) => {
    await write(test, other.startsWith('+') ? other : number, 'STOP');
    const { body } = await postBroadcast(test, { recipients: [number, other, '+14155550199'], message }).expect(202);
    expect(body.recipients).toMatchObject({ accepted: 1, duplicates: 1, optedOut: 1 });
    expect(textsOf(number)).toBe(0);
    for (const spelling of [number, other]) {
      const entry = await get(test, `/opt-outs/${encodeURIComponent(spelling)}`).expect(200);
      expect(entry.body).toMatchObject({ number, source: 'keyword' });
      const person = await get(test, `/recipients/${encodeURIComponent(spelling)}`).expect(200);
      expect(person.body).toMatchObject({ recipient: number, optedOut: true, inbound: [{ text: 'STOP' }] });
    }
    await send(test, 'delete', `/opt-outs/${encodeURIComponent(other)}`).expect(204);
    await get(test, `/opt-outs/${number}`).expect(404);
  });

  it.each(PHONES)('when a caller or an import opts it out: %s', async (_, number, other) => {
    await optOut(test, encodeURIComponent(other)).expect(201);
    await optOut(test, number).expect(200);
    const { body } = await importOptOuts(test, `number\n${other}\n${number}\n`).expect(200);
    expect(body).toMatchObject({ submitted: 2, imported: 0, alreadyOptedOut: 1, duplicates: 1 });
    expect((await get(test, '/opt-outs').expect(200)).body.data).toMatchObject([{ number }]);
  });

  it('and numbers of a country are read as people there write them, where the request or the service names it', async () => {
    const recipients = ['0151 23456789', '+49 151 23456789', '(0)30/123456', '0044 7700 900123'];
    const { body } = await postBroadcast(test, { recipients, message, defaultCountry: 'DE' }).expect(202);
    expect(body.recipients).toMatchObject({ accepted: 3, duplicates: 1 });
    expectProblem(await postBroadcast(test, { recipients, message }), 400);
    expect([...test.simulator.texts().keys()].sort()).toEqual(['447700900123', '4915123456789', '4930123456']);
    const british = await test.restart({ DEFAULT_COUNTRY: 'GB' });
    const { body: again } = await postBroadcast(british, { recipients: ['07700 900123'], message }).expect(202);
    expect(again.recipients).toMatchObject({ accepted: 1 });
    expect((await get(british, '/recipients/07700900123').expect(200)).body.recipient).toBe('+447700900123');
    await british.stop();
  });
});
