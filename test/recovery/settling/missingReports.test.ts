import { broadcastWhen, get, numbers } from '../../support/client';
import { eventually } from '../../support/eventually';
import { expectTextedOnce } from '../../support/invariants';
import { callbackUrlOf, postReport, reportOf } from '../../support/reports';
import { addUpAndStop, allBatches, broadcast, expectTexts } from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService, type TestServiceOptions } from '../../support/testService';

const people = numbers(3);
const DAY = '86400000';

describe.each(ENGINES)('delivery reports that never come, on %s', (engine) => {
  let test: TestService;
  const start = async (env: Record<string, string>, simulator: TestServiceOptions['simulator'] = {}) => {
    test = await startTestService({ engine, env, simulator: { callbackLossShare: 1, ...simulator } });
  };
  const recipientsOf = async (id: string) =>
    (await get(test, `/broadcast/${id}/recipients`).expect(200)).body.data as Record<string, unknown>[];
  afterEach(() => addUpAndStop(test));

  it('are asked for, and what Plivo lists is shown', async () => {
    await start({ DELIVERY_REPORT_ASK_AFTER_MS: '300', DELIVERY_REPORT_TIMEOUT_MS: DAY });
    const id = await broadcast(test, people);
    await broadcastWhen(test, id, ({ delivery }) => delivery['delivered'] === 3);
    const uuids = people.map((number) => test.simulator.textsOf(number)[0]!.messageUuid);
    expect((await recipientsOf(id)).map(({ messageUuid }) => messageUuid)).toEqual(uuids);
    expectTextedOnce(test, people);
  });

  it('are asked for of the right broadcast, when a person is in two', async () => {
    await start({ DELIVERY_REPORT_ASK_AFTER_MS: '300', DELIVERY_REPORT_TIMEOUT_MS: DAY });
    const [person = ''] = people;
    const ids = [await broadcast(test, [person], 'First.'), await broadcast(test, [person], 'Second.')];
    for (const id of ids) await broadcastWhen(test, id, ({ delivery }) => delivery['delivered'] === 1);
    const uuids = new Map(test.simulator.textsOf(person).map(({ text, messageUuid }) => [text, messageUuid]));
    expect((await recipientsOf(ids[0]!))[0]).toMatchObject({ messageUuid: uuids.get('First.') });
    expect((await recipientsOf(ids[1]!))[0]).toMatchObject({ messageUuid: uuids.get('Second.') });
    expectTexts(test, new Map([[[person], 2]]));
  });

  it('leave people unknown, with the reason, when the time is up', async () => {
    await start({ DELIVERY_REPORT_ASK_AFTER_MS: DAY, DELIVERY_REPORT_TIMEOUT_MS: '300' });
    const id = await broadcast(test, people);
    await broadcastWhen(test, id, ({ delivery }) => delivery['unknown'] === 3);
    for (const recipient of await recipientsOf(id))
      expect(recipient).toMatchObject({ status: 'unknown', errorReason: expect.stringMatching(/No final delivery/) });
    expect(test.simulator.listRequests()).toBe(0);
    expectTextedOnce(test, people);
  });

  it('leave people unknown, with the reason, where none were asked for', async () => {
    await start({ PUBLIC_URL: '', DELIVERY_REPORT_TIMEOUT_MS: '300' });
    const id = await broadcast(test, people);
    const done = await broadcastWhen(test, id, ({ delivery }) => delivery['unknown'] === 3);
    expect(done.status).toBe('completed');
    for (const recipient of await recipientsOf(id))
      expect(recipient).toMatchObject({ status: 'unknown', errorReason: expect.stringMatching(/PUBLIC_URL/) });
  });

  it('still win when they come late', async () => {
    await start({ DELIVERY_REPORT_ASK_AFTER_MS: DAY, DELIVERY_REPORT_TIMEOUT_MS: '300' });
    const id = await broadcast(test, people);
    await broadcastWhen(test, id, ({ delivery }) => delivery['unknown'] === 3);
    const [person = ''] = people;
    const uuid = test.simulator.textsOf(person)[0]!.messageUuid;
    await postReport(test, callbackUrlOf(test), reportOf(person, uuid)).expect(204);
    await broadcastWhen(test, id, ({ delivery }) => delivery['delivered'] === 1 && delivery['unknown'] === 2);
    expect((await recipientsOf(id))[0]).toMatchObject({ status: 'delivered', errorReason: null });
  });

  it('do not make the final state of anybody else unknown', async () => {
    await start({ DELIVERY_REPORT_ASK_AFTER_MS: DAY, DELIVERY_REPORT_TIMEOUT_MS: '1500' });
    const id = await broadcast(test, people);
    await allBatches(test, id, 'sent');
    const [first = '', second = ''] = people;
    const report = (person: string, status: string) =>
      postReport(
        test,
        callbackUrlOf(test),
        reportOf(person, test.simulator.textsOf(person)[0]!.messageUuid, { Status: status }),
      ).expect(204);
    await report(first, 'delivered');
    await report(second, 'sent');
    await broadcastWhen(test, id, ({ delivery }) => delivery['delivered'] === 1 && delivery['unknown'] === 2);
    // The batch is done with: nothing asks about it any more.
    await eventually(() => test.log.some(({ message }) => message === 'Delivery reports never came'));
    expectTextedOnce(test, people);
  });
});
