import { broadcastWhen, get, numbers, readBroadcast } from '../../support/client';
import { eventually } from '../../support/eventually';
import { expectTextedOnce } from '../../support/invariants';
import { callbackUrlOf, postReport, reportOf } from '../../support/reports';
import {
  addUpAndStop,
  allBatches,
  broadcast,
  expectTexts,
  LIST_ONLY,
  looksOf,
  lostBroadcast,
  post,
  SETTLES_SOON,
  textsTo,
} from '../../support/settling';
import { ENGINES } from '../../support/testDatabase';
import { AUTH_TOKEN, startTestService, type TestService, type TestServiceOptions } from '../../support/testService';

const people = numbers(3);
const britons = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => `+4477009001${String(from + index).padStart(2, '0')}`);
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Of the account that test services use. */
const AUTH_ID = 'MATESTACCOUNT0000000';

describe.each(ENGINES)("Plivo's message list holds no text, and on %s", (engine) => {
  let test: TestService;
  let offset = 0;
  const start = async (env: Record<string, string> = LIST_ONLY, options: Partial<TestServiceOptions> = {}) => {
    offset = 0;
    test = await startTestService({ engine, env, clock: () => Date.now() + offset, ...options });
  };
  /** Minutes go by in seconds. */
  const whileTimePasses = (id: string, state: string) =>
    eventually(async () => {
      offset += 10_000;
      return (await readBroadcast(test, id)).batches[state] === 1;
    });
  afterEach(() => addUpAndStop(test));

  it('a message known from the answer to another broadcast is no evidence: the lost one is sent once more', async () => {
    await start();
    const first = await broadcast(test, people, 'First.');
    await allBatches(test, first, 'sent');
    test.simulator.addFault({ kind: 'reset' });
    const second = await lostBroadcast(test, people, 'Second.');
    await allBatches(test, second, 'sent');
    expect(looksOf(test)).toEqual(['absent', 'absent']);
    expectTexts(test, new Map([[people, 2]]));
    for (const person of people) expect(textsTo(test, person)).toEqual(['First.', 'Second.']);
  });

  it.each(['removed', 'masked'] as const)(
    'what is old enough to be %s stays while it tells what a lost one is not',
    async (how) => {
      await start();
      const first = await broadcast(test, people, 'First.');
      await allBatches(test, first, 'sent');
      test.simulator.addFault({ kind: 'status', status: 503, target: 'list', times: 0 });
      test.simulator.addFault({ kind: 'reset' });
      const second = await lostBroadcast(test, people, 'Second.');
      offset += 10 * MINUTE_MS;
      const { retention, anonymizing } = test.service.store;
      const letGo = async () => {
        const some = () => (how === 'removed' ? retention.removeSome(MINUTE_MS) : anonymizing.anonymizeSome(MINUTE_MS));
        while (await some());
        const { status, body } = await get(test, `/broadcast/${first}`);
        return status === 404 || body.text === null;
      };
      expect(await letGo()).toBe(false);
      test.simulator.clearFaults();
      await allBatches(test, second, 'sent');
      for (const person of people) expect(textsTo(test, person)).toEqual(['First.', 'Second.']);
      expect(await letGo()).toBe(true);
    },
  );

  it('a message known from a report alone is no evidence for another broadcast either', async () => {
    await start({ ...SETTLES_SOON, PLIVO_RECONCILE_AFTER_MS: '60000' });
    test.simulator.addFault({ kind: 'accept-then-reset' });
    const first = await broadcast(test, people, 'First.');
    await broadcastWhen(test, first, ({ delivery }) => delivery['delivered'] === 3);
    test.simulator.addFault({ kind: 'reset' });
    const second = await lostBroadcast(test, people, 'Second.');
    await whileTimePasses(second, 'sent');
    expect(looksOf(test)).toEqual(['absent', 'absent']);
    for (const person of people) expect(textsTo(test, person)).toEqual(['First.', 'Second.']);
  });

  it('two lost broadcasts to the same people that Plivo both took end as sent, each once', async () => {
    await start();
    test.simulator.addFault({ kind: 'accept-then-reset', times: 2 });
    const first = await lostBroadcast(test, people, 'First.');
    const second = await lostBroadcast(test, people, 'Second.');
    for (const id of [first, second]) await allBatches(test, id, 'sent');
    expect(test.simulator.calls()).toHaveLength(2);
    for (const person of people) expect(textsTo(test, person)).toEqual(['First.', 'Second.']);
  });

  it.each([
    ['first', 0],
    ['second', 1],
  ])('of two lost broadcasts to the same people Plivo took only the %s, a person decides', async (_, taken) => {
    // Nobody may look before both are lost: else the first is settled while it is the only one.
    await start({ ...LIST_ONLY, PLIVO_RECONCILE_AFTER_MS: '60000' }, { simulator: { listRequestsPerMinute: 0 } });
    test.simulator.addFault({ kind: taken === 0 ? 'accept-then-reset' : 'reset' });
    test.simulator.addFault({ kind: taken === 0 ? 'reset' : 'accept-then-reset' });
    const ids = [await lostBroadcast(test, people, 'First.'), await lostBroadcast(test, people, 'Second.')];
    for (const id of ids) await whileTimePasses(id, 'held');
    expectTextedOnce(test, people);

    const [sent = '', lost = ''] = taken === 0 ? ids : [...ids].reverse();
    await post(test, `/broadcast/${sent}/batches/1/resolve`, { as: 'sent' }).expect(200);
    await post(test, `/broadcast/${lost}/batches/1/resolve`, { as: 'resend' }).expect(200);
    await allBatches(test, lost, 'sent');
    for (const person of people) expect(textsTo(test, person).sort()).toEqual(['First.', 'Second.']);
  });

  it('where two lost broadcasts share only some people, the others tell', async () => {
    // More looks than Plivo answers a minute: the first of the two cannot be told before the second is found.
    await start({ ...LIST_ONLY, PLIVO_LIST_REQUESTS_PER_MINUTE: '1000' }, { simulator: { listRequestsPerMinute: 0 } });
    test.simulator.addFault({ kind: 'reset' });
    test.simulator.addFault({ kind: 'accept-then-reset' });
    const none = await lostBroadcast(test, numbers(4), 'None.');
    const taken = await lostBroadcast(test, numbers(4, 3), 'Taken.');
    for (const id of [none, taken]) await allBatches(test, id, 'sent');
    expectTexts(
      test,
      new Map([
        [numbers(3), 1],
        [numbers(1, 3), 2],
        [numbers(3, 4), 1],
      ]),
    );
    expect(textsTo(test, numbers(1, 3)[0]!).sort()).toEqual(['None.', 'Taken.']);
  });

  it("Plivo's clock may differ from ours by minutes, and a message of an earlier broadcast is still known as such", async () => {
    await start();
    offset = -5 * 60_000;
    const first = await broadcast(test, people, 'First.');
    await allBatches(test, first, 'sent');
    // By our clock two hours and two minutes go by: just further than the list is searched back.
    offset += 2 * HOUR_MS + 120_000;
    test.simulator.addFault({ kind: 'reset' });
    const second = await lostBroadcast(test, people, 'Second.');
    await allBatches(test, second, 'sent');
    for (const person of people) expect(textsTo(test, person)).toEqual(['First.', 'Second.']);
  });

  it.each([-HOUR_MS, HOUR_MS])("Plivo's clock may differ from ours by an hour (%d ms)", async (difference) => {
    await start();
    offset = difference;
    test.simulator.addFault({ kind: 'accept-then-reset' });
    test.simulator.addFault({ kind: 'reset' });
    const taken = await lostBroadcast(test, people);
    await allBatches(test, taken, 'sent');
    const lost = await lostBroadcast(test, numbers(3, 10));
    await allBatches(test, lost, 'sent');
    expectTextedOnce(test, [...people, ...numbers(3, 10)]);
  });

  it('our clock may be set between an answered call and a lost one: what Plivo took is not sent again', async () => {
    await start({ ...LIST_ONLY, PLIVO_LIST_REQUESTS_PER_MINUTE: '1000' }, { simulator: { listRequestsPerMinute: 0 } });
    const answered = await broadcast(test, numbers(2, 20));
    await allBatches(test, answered, 'sent');
    offset = 5 * 60_000;
    test.simulator.addFault({ kind: 'accept-then-reset' });
    const taken = await lostBroadcast(test, people);
    await allBatches(test, taken, 'held');
    expect(test.simulator.calls()).toHaveLength(2);
    expectTextedOnce(test, [...numbers(2, 20), ...people]);
  });

  it('a record that shows late is found by the second look', async () => {
    await start(LIST_ONLY, { simulator: { listVisibleAfterMs: 600 }, leastSpacingMs: 1000 });
    test.simulator.addFault({ kind: 'accept-then-reset' });
    const id = await lostBroadcast(test, people);
    await allBatches(test, id, 'sent');
    expect(looksOf(test)).toEqual(['absent', 'found']);
    expect(test.simulator.calls()).toHaveLength(1);
    expectTextedOnce(test, people);
  });

  describe.each([
    ['a number', {}, numbers],
    ['a Powerpack', { PLIVO_POWERPACK_UUID: '86bbb125-97bb-4d72-89fd-81d5c515b015' }, numbers],
    // A name reaches nobody in the US.
    ['a name', { PLIVO_SENDER_ID: 'ACME' }, britons],
  ])('from %s', (_, sender, numbers) => {
    const people = numbers(3);
    it('a lost batch that was taken is found, and one that was not is sent', async () => {
      await start({ ...LIST_ONLY, ...sender });
      test.simulator.addFault({ kind: 'accept-then-reset' });
      const taken = await lostBroadcast(test, people);
      await allBatches(test, taken, 'sent');
      test.simulator.addFault({ kind: 'reset' });
      const lost = await lostBroadcast(test, numbers(3, 10));
      await allBatches(test, lost, 'sent');
      expect(looksOf(test)).toEqual(['found', 'absent', 'absent']);
      expectTextedOnce(test, [...people, ...numbers(3, 10)]);
    });

    it('with the numbers hidden, too', async () => {
      await start({ ...LIST_ONLY, ...sender }, { simulator: { maskNumbers: true } });
      const known = await broadcast(test, numbers(2, 20));
      await allBatches(test, known, 'sent');
      test.simulator.addFault({ kind: 'accept-then-reset' });
      const taken = await lostBroadcast(test, people);
      await allBatches(test, taken, 'sent');
      expect(looksOf(test)).toEqual(['found']);
      expectTextedOnce(test, [...numbers(2, 20), ...people]);
    });
  });

  it('with the numbers hidden, a batch that was never taken is sent once', async () => {
    await start(LIST_ONLY, { simulator: { maskNumbers: true } });
    const known = await broadcast(test, numbers(2, 20));
    await allBatches(test, known, 'sent');
    test.simulator.addFault({ kind: 'reset' });
    const lost = await lostBroadcast(test, people);
    await allBatches(test, lost, 'sent');
    expect(looksOf(test)).toEqual(['absent', 'absent']);
    expectTextedOnce(test, [...numbers(2, 20), ...people]);
  });

  it('with the numbers hidden, two lost batches cannot be told apart: a person decides', async () => {
    await start(
      { ...LIST_ONLY, PLIVO_RECONCILE_AFTER_MS: '60000' },
      { simulator: { maskNumbers: true, listRequestsPerMinute: 0 } },
    );
    test.simulator.addFault({ kind: 'accept-then-reset' });
    test.simulator.addFault({ kind: 'reset' });
    const ids = [await lostBroadcast(test, people), await lostBroadcast(test, numbers(3, 10))];
    for (const id of ids) await whileTimePasses(id, 'held');
    expectTextedOnce(test, people);
  });
});

describe.each(ENGINES)('what others do on the same Plivo account, on %s', (engine) => {
  let test: TestService;
  afterEach(() => addUpAndStop(test));

  const sendAsAnotherProgram = async (recipients: readonly string[]) => {
    const auth = Buffer.from(`${AUTH_ID}:${AUTH_TOKEN}`).toString('base64');
    const answer = await fetch(`${test.simulator.url}/v1/Account/${AUTH_ID}/Message/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Basic ${auth}` },
      body: JSON.stringify({ src: '14155550100', dst: recipients.join('<'), text: 'Your code is 1234.' }),
    });
    expect(answer.status).toBe(202);
  };

  it('is not taken for a lost batch', async () => {
    test = await startTestService({ engine, env: LIST_ONLY });
    await sendAsAnotherProgram(numbers(2, 50));
    test.simulator.addFault({ kind: 'reset' });
    const id = await lostBroadcast(test, people);
    await allBatches(test, id, 'sent');
    expectTextedOnce(test, [...numbers(2, 50), ...people]);
  });
});

describe.each(ENGINES)('a lost batch with people whom Plivo does not serve on %s', (engine) => {
  let test: TestService;
  afterEach(() => addUpAndStop(test));

  it.each([
    ['some', numbers(6), numbers(6).slice(0, 2)],
    ['the first half of many', numbers(40), numbers(19)],
  ])('is found although %s of its numbers are invalid there', async (_, recipients, invalidNumbers) => {
    test = await startTestService({ engine, env: LIST_ONLY, simulator: { invalidNumbers: [...invalidNumbers] } });
    test.simulator.addFault({ kind: 'accept-then-reset' });
    const id = await lostBroadcast(test, recipients);
    await allBatches(test, id, 'sent');
    expect(test.simulator.calls()).toHaveLength(1);
    expectTextedOnce(
      test,
      recipients.filter((number) => !invalidNumbers.includes(number)),
    );
  });

  it.each([
    ['all but the last', numbers(4), numbers(3)],
    ['all but the first', numbers(4), numbers(4).slice(1)],
    ['all but the first, and many', numbers(9), numbers(9).slice(1)],
    ['all but one in the middle, and many', numbers(9), [...numbers(4), ...numbers(4, 5)]],
  ])("is left to a person where %s of its numbers are invalid there: one text may be anybody's", async (...of) => {
    const [, recipients, invalid] = of;
    test = await startTestService({
      engine,
      env: { ...LIST_ONLY, PLIVO_LIST_REQUESTS_PER_MINUTE: '1000' },
      simulator: { invalidNumbers: [...invalid], listRequestsPerMinute: 0 },
    });
    test.simulator.addFault({ kind: 'accept-then-reset' });
    const id = await lostBroadcast(test, recipients);
    await allBatches(test, id, 'held');
    expect(test.simulator.calls()).toHaveLength(1);
  });

  it('is left to a person where the only one whom Plivo serves is in another lost batch, too', async () => {
    const alone = numbers(1);
    const shared = [...alone, ...numbers(4, 1)];
    test = await startTestService({
      engine,
      env: { ...LIST_ONLY, PLIVO_RECONCILE_AFTER_MS: '1500', PLIVO_LIST_REQUESTS_PER_MINUTE: '1000' },
      simulator: { invalidNumbers: numbers(4, 1), listRequestsPerMinute: 0 },
    });
    test.simulator.addFault({ kind: 'accept-then-reset' });
    test.simulator.addFault({ kind: 'reset' });
    const taken = await lostBroadcast(test, shared, 'First.');
    const lost = await lostBroadcast(test, alone, 'Second.');
    for (const id of [taken, lost]) await allBatches(test, id, 'held');
    expect(textsTo(test, alone[0]!)).toEqual(['First.']);
  });

  it('is found when all of them have opted out there', async () => {
    test = await startTestService({ engine, env: LIST_ONLY, simulator: { optedOut: people } });
    test.simulator.addFault({ kind: 'accept-then-reset' });
    const id = await lostBroadcast(test, people);
    await allBatches(test, id, 'sent');
    expect(test.simulator.calls()).toHaveLength(1);
    expectTextedOnce(test, people);
  });

  it('is sent again when it was never taken, and then tells who is invalid', async () => {
    test = await startTestService({ engine, env: LIST_ONLY, simulator: { invalidNumbers: people.slice(0, 1) } });
    test.simulator.addFault({ kind: 'reset' });
    const id = await lostBroadcast(test, people);
    const done = await allBatches(test, id, 'sent');
    expect(done.delivery).toMatchObject({ invalid: 1, queued: 2 });
    expectTextedOnce(test, people.slice(1));
  });
});

describe.each(ENGINES)('a report of a call that was thought not to have reached Plivo, on %s', (engine) => {
  let test: TestService;
  const report = async (person: string) => {
    const uuid = test.simulator.textsOf(person)[0]!.messageUuid;
    await postReport(test, callbackUrlOf(test), reportOf(person, uuid)).expect(204);
  };
  beforeEach(async () => {
    // Plivo shows the messages of the first call to nobody for minutes, and reports late: more than anybody can allow for.
    test = await startTestService({
      engine,
      env: { ...SETTLES_SOON, PLIVO_TIMEOUT_MS: '5000' },
      simulator: { callbackLossShare: 1, listVisibleAfterMs: 600_000 },
    });
    test.simulator.addFault({ kind: 'accept-then-reset' });
  });
  afterEach(() => addUpAndStop(test));

  it('is shown as a second text when it comes after the batch was sent again', async () => {
    const id = await lostBroadcast(test, people);
    await allBatches(test, id, 'sent');
    await report(people[0]!);
    const done = await readBroadcast(test, id);
    expect(done).toMatchObject({ status: 'completed', delivery: { delivered: 0, queued: 3 } });
    expect(done['errors']).toMatchObject([{ code: 'texted_twice', recipients: 1 }]);
    expectTexts(test, new Map([[people, 2]]));
  });

  it.each([429, 402])('keeps the batch from a third call when the second is answered %d', async (status) => {
    const id = await lostBroadcast(test, people);
    test.simulator.addFault({ kind: 'status', status });
    test.simulator.settings.latencyMs = 700;
    await eventually(() => test.simulator.calls().length === 2);
    await report(people[0]!);
    const done = await allBatches(test, id, 'sent');
    expect(done).toMatchObject({ status: 'completed', delivery: { delivered: 1, queued: 2 } });
    expect(test.simulator.calls()).toHaveLength(2);
    expectTextedOnce(test, people);
  });
});
