import { get, numbers, postBroadcast } from '../../support/client';
import { eventually } from '../../support/eventually';
import { expectTextedOnce } from '../../support/invariants';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';
import { postText, textFields } from '../../support/texts';

const [person = '', other = ''] = numbers(2);
const MINUTE_MS = 60_000;
const gone = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

const isOptedOut = async (test: TestService) => (await get(test, `/opt-outs/${person}`)).status === 200;
const toReview = async (test: TestService) =>
  ((await get(test, '/inbound?needsReview=true').expect(200)).body.data as { from: string; text: string }[]).map(
    ({ from, text }) => [from, text],
  );
const heard = async (test: TestService, fields: Record<string, string>) => {
  await postText(test, fields).expect(200);
};
/** It reaches the service, and cannot be kept. */
const lost = async (test: TestService, fields: Record<string, string>) => {
  jest.spyOn(test.service.store.inbound, 'keep').mockRejectedValueOnce(gone());
  await postText(test, fields).expect(503);
};

describe.each(ENGINES)('a text that Plivo posts again on %s', (engine) => {
  let test: TestService;
  let next: TestService | null;
  let minutes: number;
  const start = async () => {
    minutes = 0;
    next = null;
    test = await startTestService({ engine, clock: () => Date.now() + minutes * MINUTE_MS });
  };
  /** Nobody hears anything from here to the answer. */
  const restart = async () => {
    next = await test.restart();
    return next;
  };
  /** As `restart`; the next one also knows whether there were others meanwhile. */
  const restartAndSettle = async () => {
    const last = await eventually(() => test.service.store.deafTime.lastHeard());
    const again = await restart();
    await eventually(async () => (await again.service.store.deafTime.lastHeard())?.at !== last.at);
    await get(again, '/inbound').expect(200);
    return again;
  };
  const stop = textFields(person, 'STOP');
  const startText = textFields(person, 'START');

  describe('to a service that has heard it, and could not keep it', () => {
    beforeEach(start);
    afterEach(() => test.stop());

    it('START: opts nobody in whose STOP came after it', async () => {
      await lost(test, startText);
      await heard(test, stop);
      await heard(test, startText);
      expect(await isOptedOut(test)).toBe(true);
      expect(await toReview(test)).toEqual([]);
      const { body } = await postBroadcast(test, { recipients: [person, other], message: 'Hi' }).expect(202);
      expect(body.recipients).toMatchObject({ optedOut: 1, accepted: 1 });
      expectTextedOnce(test, [other]);
    });

    it('START: opts in whoever said STOP before it', async () => {
      await heard(test, stop);
      await lost(test, startText);
      await lost(test, startText);
      await heard(test, startText);
      expect(await isOptedOut(test)).toBe(false);
    });

    it('STOP: opts nobody out whose START came after it', async () => {
      await lost(test, stop);
      // Within the same millisecond the STOP would count.
      const since = performance.now();
      await eventually(() => performance.now() > since + 5);
      await heard(test, startText);
      await heard(test, stop);
      expect(await isOptedOut(test)).toBe(false);
    });

    it('STOP: opts out whoever said START before it', async () => {
      await heard(test, startText);
      await lost(test, stop);
      await heard(test, stop);
      expect(await isOptedOut(test)).toBe(true);
    });

    it('counts once, however often and at whatever moment', async () => {
      await Promise.all([heard(test, stop), heard(test, stop), heard(test, stop)]);
      await heard(test, startText);
      await Promise.all([heard(test, stop), heard(test, startText)]);
      const { body } = await get(test, `/recipients/${person}`).expect(200);
      expect(body).toMatchObject({ optedOut: false, history: [{ event: 'opted_out' }, { event: 'opted_in' }] });
      expect(body.inbound).toHaveLength(2);
    });
  });

  describe('to a service that was not there', () => {
    beforeEach(start);
    afterEach(async () => {
      await next?.stop();
      await test.stop();
    });

    it('START: opts nobody in, and is marked for review, where it may be older than a STOP', async () => {
      const again = await restart();
      await heard(again, stop);
      await heard(again, startText);
      await heard(again, startText);
      expect(await isOptedOut(again)).toBe(true);
      expect(await toReview(again)).toEqual([[person, 'START']]);
      expect((await get(again, '/inbound?needsReview=false')).body.data).toMatchObject([{ text: 'STOP' }]);
      const { body } = await get(again, `/recipients/${person}`).expect(200);
      expect(body.inbound).toMatchObject([
        { text: 'START', keyword: 'optIn', needsReview: true },
        { text: 'STOP', keyword: 'optOut', needsReview: false },
      ]);
      expect(again.log.some(({ level, message }) => level === 'warn' && message.includes('START'))).toBe(true);
    });

    it('START: opts in whoever said STOP before the service went away', async () => {
      await heard(test, stop);
      await test.service.store.deafTime.beat(() => []);
      const again = await restartAndSettle();
      await heard(again, startText);
      expect(await isOptedOut(again)).toBe(false);
    });

    it('START: opts in when it can be no repetition any more', async () => {
      const again = await restartAndSettle();
      minutes = 9;
      await heard(again, stop);
      await heard(again, startText);
      expect(await isOptedOut(again)).toBe(false);
      expect(await toReview(again)).toEqual([]);
    });

    it('START: opts in on a second START, when it can be no repetition any more', async () => {
      const again = await restartAndSettle();
      await heard(again, stop);
      await heard(again, startText);
      minutes = 9;
      await heard(again, textFields(person, 'START'));
      expect(await isOptedOut(again)).toBe(false);
    });

    it('STOP: opts out in any case', async () => {
      const again = await restart();
      await heard(again, startText);
      await heard(again, stop);
      expect(await isOptedOut(again)).toBe(true);
    });
  });
});

const onPostgres = ENGINES.includes('postgres') ? describe : describe.skip;

onPostgres('with two instances on PostgreSQL', () => {
  let one: TestService;
  let two: TestService;
  beforeEach(async () => {
    one = await startTestService({ engine: 'postgres' });
    await eventually(() => one.service.store.deafTime.lastHeard());
    two = await startTestService({ engine: 'postgres', beside: one });
  });
  afterEach(async () => {
    await two.stop();
    await one.stop();
  });

  it('a START opts in while another instance starts', async () => {
    await heard(one, textFields(person, 'STOP'));
    await heard(one, textFields(person, 'START'));
    expect(await isOptedOut(one)).toBe(false);
    expect(await toReview(one)).toEqual([]);
  });

  it('a START that one of them could not keep opts nobody in at the other', async () => {
    const start = textFields(person, 'START');
    await lost(one, start);
    await heard(two, textFields(person, 'STOP'));
    // Plivo takes a minute to post it again; by then the first instance has said what it missed.
    const { deafTime } = one.service.store;
    for (let beats = 0; beats < 3; beats++) {
      const last = await deafTime.lastHeard();
      await eventually(async () => (await deafTime.lastHeard())?.at !== last?.at);
    }
    await heard(two, start);
    expect(await isOptedOut(two)).toBe(true);
    expect(await toReview(two)).toEqual([[person, 'START']]);
  });
});
