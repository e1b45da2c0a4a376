import { get, numbers, postBroadcast } from '../../support/client';
import { optOut, send } from '../../support/compliance';
import { eventually } from '../../support/eventually';
import { expectNothingUnforeseen, expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';
import { postText, textFields } from '../../support/texts';

describe.each(ENGINES)('what people reply on %s', (engine) => {
  let test: TestService;
  let next = 0;
  let minutes = 0;
  const person = () => numbers(1, 5_000 + (next += 10))[0]!;
  const isOptedOut = async (number: string) => (await get(test, `/opt-outs/${number}`)).status === 200;
  const reply = async (from: string, text: string) => {
    const fields = textFields(from, text);
    await postText(test, fields).expect(200);
    return fields['MessageUUID']!;
  };
  const waiting = async () =>
    (await get(test, '/inbound?needsReview=true').expect(200)).body as {
      data: { messageUuid: string }[];
      needsReview: number;
    };
  const textsTo = (number: string): number => test.simulator.texts().get(number.slice(1)) ?? 0;
  const settle = (uuid: string, body?: object) => send(test, 'post', `/inbound/${uuid}/reviewed`, body);

  beforeAll(async () => {
    test = await startTestService({
      engine,
      clock: () => Date.now() + minutes * 60_000,
      env: { OPT_OUT_KEYWORDS: 'Finish, NO MÁS' },
    });
  });
  afterEach(() => expectNothingUnforeseen(test));
  afterAll(() => test.stop());

  describe('as a wish to stop', () => {
    it.each([
      'Stop. Thank you',
      'take me off your list',
      'STОP',
      'S T O P',
      'STOP\nSent from my iPhone',
      'הסר',
      '退订',
    ])('opts out by %j', async (text) => {
      const number = person();
      await reply(number, text);
      expect((await get(test, `/opt-outs/${number}`).expect(200)).body.source).toBe('keyword');
    });

    it.each(['finish!', 'No mas, please'])('opts out by a word of our own: %j', async (text) => {
      const number = person();
      await reply(number, text);
      expect(await isOptedOut(number)).toBe(true);
    });

    it('opts out by a text with more below it than is kept', async () => {
      const number = person();
      await reply(number, `STOP\n\nOn Mon, 5 Jan 2026, ACME wrote:\n${'> Doors open at 9.\n'.repeat(2000)}`);
      expect(await isOptedOut(number)).toBe(true);
    });
  });

  describe('that may be a wish to stop', () => {
    it('opts nobody out, and waits for a person, who is told how many wait', async () => {
      const before = (await waiting()).needsReview;
      const [number, other] = [person(), person()];
      const uuid = await reply(number, 'who is this');
      await reply(other, 'See you at 9');
      expect(await isOptedOut(number)).toBe(false);
      const { data, needsReview } = await waiting();
      expect(needsReview).toBe(before + 1);
      expect(data[0]).toMatchObject({ messageUuid: uuid, keyword: null, needsReview: true, reviewed: null });
      expect((await get(test, '/inbound?limit=1').expect(200)).body).toMatchObject({
        data: [{ from: other, needsReview: false }],
        needsReview: before + 1,
      });
    });

    it('is told of in the log, with a count and without number or text', async () => {
      const number = person();
      await reply(number, 'leave me alone, you zebra');
      const line = test.log.filter(({ message }) => message === 'A reply waits for a person to read it').at(-1);
      expect(line).toMatchObject({ level: 'info', data: { waiting: (await waiting()).needsReview } });
      expect(JSON.stringify(test.log)).not.toMatch(new RegExp(`zebra|${number.slice(1)}`));
    });

    it('opts its sender out where a person says so, who is left out of what still waits', async () => {
      const [number, other] = [person(), person()];
      const uuid = await reply(number, 'wrong number');
      const sendAt = new Date(Date.now() + 3_600_000).toISOString();
      const { body } = await postBroadcast(test, { recipients: [number, other], message: 'Later', sendAt }).expect(202);
      expect(body.recipients).toMatchObject({ accepted: 2 });
      const { body: settled } = await settle(uuid, { as: 'optOut' }).expect(200);
      expect(settled).toMatchObject({ messageUuid: uuid, needsReview: false, reviewed: { as: 'optOut' } });
      const { body: entry } = await get(test, `/opt-outs/${number}`).expect(200);
      expect(entry).toMatchObject({ source: 'api', history: [{ event: 'opted_out', source: 'api' }] });
      expect(entry.history[0].note).toContain(uuid);
      minutes = 61;
      await eventually(() => textsTo(other) === 1);
      expect(textsTo(number)).toBe(0);
    });

    it('changes nothing where a person says that it is none', async () => {
      const number = person();
      const uuid = await reply(number, 'spam');
      expect((await settle(uuid, { as: 'nothing' }).expect(200)).body.reviewed.as).toBe('nothing');
      expect(await isOptedOut(number)).toBe(false);
      expect(JSON.stringify((await waiting()).data)).not.toContain(uuid);
    });

    it('is settled once: the same decision again is answered again, another one refused', async () => {
      const number = person();
      const uuid = await reply(number, 'reported');
      const all = await Promise.all([1, 2, 3].map(() => settle(uuid, { as: 'optOut' })));
      expect(all.map(({ status }) => status)).toEqual([200, 200, 200]);
      expectProblem(await settle(uuid, { as: 'nothing' }), 409);
      expect((await get(test, `/opt-outs/${number}`)).body.history).toHaveLength(1);
    });

    it('cannot be settled by a body that says something else', async () => {
      const uuid = await reply(person(), 'spam!');
      for (const body of [undefined, {}, [], { as: 'stop' }, { as: ['optOut'] }, { as: 'optOut', by: 'me' }])
        expectProblem(await settle(uuid, body), 400);
      expect(JSON.stringify((await waiting()).data)).toContain(uuid);
    });

    it('cannot be settled where there is none, or nobody was asked', async () => {
      expectProblem(await settle('00000000-0000-0000-0000-000000000000', { as: 'optOut' }), 404);
      expectProblem(await settle('%20', { as: 'optOut' }), 404);
      expectProblem(await settle(await reply(person(), 'See you'), { as: 'optOut' }), 409);
      expectProblem(await get(test, '/inbound/x/reviewed'), 405);
      expectProblem(await get(test, '/inbound?needsReview=perhaps'), 400);
    });
  });

  describe('YES', () => {
    it('opts in whose last word to us was STOP', async () => {
      const number = person();
      await reply(number, 'STOP');
      await reply(number, 'Yes');
      expect(await isOptedOut(number)).toBe(false);
      expect((await get(test, `/recipients/${number}`)).body.inbound[0]).toMatchObject({ keyword: 'optIn' });
    });

    it('opts nobody in who said something else since, or was put on the list by others', async () => {
      const [talker, other] = [person(), person()];
      await reply(talker, 'STOP');
      await reply(talker, 'Is the shop open?');
      await optOut(test, other).expect(201);
      for (const number of [talker, other]) {
        await reply(number, 'YES');
        expect(await isOptedOut(number)).toBe(true);
        expect((await get(test, `/recipients/${number}`)).body.inbound[0]).toMatchObject({
          text: 'YES',
          keyword: null,
        });
      }
    });

    it('opts nobody in who was texted since: it may be an answer', async () => {
      const number = person();
      await reply(number, 'STOP');
      // A person takes them off the list and asks something; then they are put on it again.
      await send(test, 'delete', `/opt-outs/${number}`).expect(204);
      await postBroadcast(test, { recipients: [number], message: 'Will you come on Friday?' }).expect((answer) =>
        expect(answer.status).toBeLessThan(300),
      );
      await eventually(() => textsTo(number) === 1);
      await optOut(test, number).expect(201);
      await reply(number, 'YES');
      expect(await isOptedOut(number)).toBe(true);
    });

    it.each(['START', 'Unstop', 'subscribe'])('is not needed: %s opts in, whatever came before', async (text) => {
      const number = person();
      await reply(number, 'STOP');
      await reply(number, 'hello?');
      await reply(number, text);
      expect(await isOptedOut(number)).toBe(false);
    });
  });
});
