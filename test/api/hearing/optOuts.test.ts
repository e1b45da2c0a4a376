import type { Response } from 'supertest';
import { get, numbers, postBroadcast, readBroadcast } from '../../support/client';
import { expectNobodyMissing, expectTextedOnce } from '../../support/invariants';
import { expectNothingUnforeseen, expectProblem } from '../../support/problem';
import { callbackUrlOf, postReport, reportOf } from '../../support/reports';
import { importOptOuts, optOut, send } from '../../support/compliance';
import { INBOUND_PATH } from '../../support/texts';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

describe.each(ENGINES)('the opt-out list on %s', (engine) => {
  let test: TestService;
  let next = 0;
  /** Numbers of this test's own. */
  const people = (count: number) => numbers(count, (next += 1000));
  const person = () => people(1)[0]!;
  const optOutOf = (number: string) => get(test, `/opt-outs/${number}`);

  beforeAll(async () => {
    test = await startTestService({ engine });
  });
  afterEach(() => expectNothingUnforeseen(test));
  afterAll(() => test.stop());

  it('takes a number by the API, once, with the reason that was given', async () => {
    const number = person();
    const { body } = await optOut(test, number, { note: 'asked by phone' }).expect(201);
    expect(body).toEqual({
      number,
      source: 'api',
      optedOutAt: expect.stringMatching(/Z$/),
      history: [
        { event: 'opted_out', source: 'api', note: 'asked by phone', importId: null, at: expect.stringMatching(/Z$/) },
      ],
    });
    await optOut(test, number).expect(200, body);
    await optOutOf(number).expect(200, body);
  });

  it('reads a number in a path as it reads it elsewhere: percent-encoded, with 00, not without its "+"', async () => {
    const number = person();
    await optOut(test, number).expect(201);
    expect((await optOutOf(encodeURIComponent(number))).body).toMatchObject({ number });
    expect((await optOutOf(`00${number.slice(1)}`)).body).toMatchObject({ number });
    expectProblem(await optOutOf(number.slice(1)), 400);
  });

  it('keeps the history of a number that is taken off again', async () => {
    const number = person();
    await optOut(test, number).expect(201);
    await send(test, 'delete', `/opt-outs/${number}`, { note: 'a mistake' }).expect(204);
    expectProblem(await optOutOf(number), 404);
    expectProblem(await send(test, 'delete', `/opt-outs/${number}`), 404);
    const { body } = await get(test, `/recipients/${number}`).expect(200);
    expect(body).toMatchObject({
      optedOut: false,
      history: [
        { event: 'opted_out', source: 'api', note: null },
        { event: 'opted_in', source: 'api', note: 'a mistake' },
      ],
    });
  });

  it.each([
    ['+1415', 'a number that is too short'],
    ['hello', 'a word'],
    ['+999123456789', 'an unknown country code'],
  ])('refuses %s: %s', async (number) => {
    expectProblem(await optOut(test, number), 400);
    expectProblem(await optOutOf(number), 400);
    expectProblem(await get(test, `/recipients/${number}`), 400);
  });

  it.each([
    ['a note that is no text', { note: 5 }],
    ['a note that is too long', { note: 'x'.repeat(201) }],
    ['another field', { reason: 'x' }],
    ['an array', []],
  ])('refuses %s', async (_what, body) => {
    const number = person();
    expectProblem(await optOut(test, number, body), 400);
    await optOutOf(number).expect(404);
  });

  it('is read latest first, page by page, each number once', async () => {
    const mine = people(5);
    for (const number of mine) await optOut(test, number).expect(201);
    const seen: string[] = [];
    for (let path: string | null = '/opt-outs?limit=2'; path !== null;) {
      const { body }: Response = await get(test, path).expect(200);
      seen.push(...(body.data as { number: string }[]).map(({ number }) => number));
      path = body.next === null ? null : `/opt-outs?limit=2&cursor=${body.next}`;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((number) => mine.includes(number)).sort()).toEqual(mine);
    const { body: all } = await get(test, '/opt-outs?limit=1000').expect(200);
    const times = (all.data as { optedOutAt: string }[]).map(({ optedOutAt }) => optedOutAt);
    expect(times).toEqual([...times].sort().reverse());
  });

  it('keeps its people out of a broadcast, and says so', async () => {
    const [gone = '', ...others] = people(3);
    await optOut(test, gone).expect(201);
    test.simulator.reset();
    const { body } = await postBroadcast(test, { recipients: [gone, ...others], message: 'Hi' }).expect(202);
    expect(body.recipients).toEqual({ submitted: 3, accepted: 2, duplicates: 0, invalid: 0, optedOut: 1 });
    expect(body.delivery.optedOut).toBe(1);
    expectTextedOnce(test, others);
    await expectNobodyMissing(test, body.id);
  });

  it('tells of those who opted out after they were texted', async () => {
    const [number = ''] = people(1);
    const { body } = await postBroadcast(test, { recipients: [number], message: 'Hi' }).expect(202);
    const recipient = async () =>
      (await get(test, `/broadcast/${body.id}/recipients`).expect(200)).body.data[0] as { optedOutAt: string | null };
    expect((await recipient()).optedOutAt).toBeNull();
    const { body: entry } = await optOut(test, number).expect(201);
    expect((await recipient()).optedOutAt).toBe(entry.optedOutAt);
  });

  describe('is imported as CSV', () => {
    it('all numbers at once, those known already and those repeated counted apart', async () => {
      const [known = '', first = '', second = ''] = people(3);
      await optOut(test, known).expect(201);
      const csv = `name,phone\r\n"Ann, A.",${first}\r\nBob,${second}\r\nBob again,${second}\r\nCid,${known}\r\n`;
      const { body } = await importOptOuts(test, csv).expect(200);
      expect(body).toMatchObject({ submitted: 4, imported: 2, alreadyOptedOut: 1, duplicates: 1, invalid: 0 });
      const { body: entry } = await optOutOf(first).expect(200);
      expect(entry).toMatchObject({ source: 'import', history: [{ source: 'import', importId: body.importId }] });
      expect((await optOutOf(known)).body.source).toBe('api');
    });

    it('and taken back whole, but for those who have said STOP themselves since', async () => {
      const [first = '', second = '', stopped = ''] = people(3);
      const { body } = await importOptOuts(test, [first, second, stopped].join('\n')).expect(200);
      const text = { from: stopped, to: '+14155550100', text: 'STOP', url: `${test.url}/webhooks/plivo/inbound` };
      await test.simulator.receiveText(text);
      const { body: undone } = await send(test, 'delete', body.links.undo, { note: 'wrong file' }).expect(200);
      expect(undone).toEqual({ importId: body.importId, removed: 2 });
      await optOutOf(first).expect(404);
      expect((await optOutOf(stopped).expect(200)).body).toMatchObject({ source: 'keyword' });
      expect((await get(test, `/recipients/${second}`)).body.history[1]).toMatchObject({
        event: 'opted_in',
        source: 'import',
        note: 'wrong file',
        importId: body.importId,
      });
      await send(test, 'delete', body.links.undo).expect(200, { importId: body.importId, removed: 0 });
    });

    it('and taken back whole, but for those whom a caller or another import has named since', async () => {
      const [plain = '', called = '', twice = ''] = people(3);
      const { body } = await importOptOuts(test, [plain, called, twice].join('\n')).expect(200);
      await optOut(test, called, { note: 'asked by phone' }).expect(200);
      const { body: second } = await importOptOuts(test, twice).expect(200);
      expect(second).toMatchObject({ imported: 0, alreadyOptedOut: 1 });
      expect((await send(test, 'delete', body.links.undo).expect(200)).body.removed).toBe(1);
      expect((await optOutOf(plain)).status).toBe(404);
      expect((await optOutOf(called).expect(200)).body).toMatchObject({
        source: 'api',
        history: [{ source: 'import' }, { source: 'api', note: 'asked by phone' }],
      });
      expect((await optOutOf(twice)).status).toBe(200);
      expect((await send(test, 'delete', second.links.undo).expect(200)).body.removed).toBe(1);
      expect((await optOutOf(twice)).status).toBe(404);
    });

    it('or not at all, when a line holds no number: its place is named', async () => {
      const [first = '', second = ''] = people(2);
      const response = await importOptOuts(test, `${first}\n+1415\n${second}\n`);
      expectProblem(response, 400);
      expect(response.body).toMatchObject({ errorCount: 1, errors: [{ path: 'line 2', value: '+1415' }] });
      await optOutOf(first).expect(404);
    });

    it('leaving out such lines where that is asked for', async () => {
      const number = person();
      const { body } = await importOptOuts(test, `${number}\n+1415\n`, '?invalidRecipients=skip').expect(200);
      expect(body).toMatchObject({ submitted: 2, imported: 1, invalid: 1, errors: [{ path: 'line 2' }] });
    });

    it.each([
      ['an empty file', ''],
      ['only a header', 'phone\n'],
      ['a quote that is left open', '"+14155550000\n'],
    ])('refuses %s', async (_what, csv) => {
      expectProblem(await importOptOuts(test, csv), 400);
    });

    it('refuses what is no CSV, and an import that does not exist', async () => {
      expectProblem(await send(test, 'post', '/opt-outs/import', ['+14155550000']), 415);
      const unknown = '/opt-outs/imports/00000000-0000-4000-8000-000000000000';
      expectProblem(await send(test, 'delete', unknown), 404);
      expectProblem(await send(test, 'delete', '/opt-outs/imports/latest'), 404);
    });
  });

  describe('is fed by Plivo', () => {
    it('when a text is blocked by a STOP that was said to Plivo (error 200)', async () => {
      const [blocked = ''] = people(1);
      test.simulator.reset();
      test.simulator.settings.callbackLossShare = 1;
      const { body } = await postBroadcast(test, { recipients: [blocked], message: 'Hi' }).expect(202);
      const report = reportOf(blocked, 'uuid-of-the-block', { Status: 'failed', ErrorCode: '200' });
      const [uuid = ''] = test.simulator.calls()[0]!.messageUuids;
      await postReport(test, callbackUrlOf(test), { ...report, MessageUUID: uuid }).expect(204);
      test.simulator.settings.callbackLossShare = 0;
      expect((await optOutOf(blocked).expect(200)).body).toMatchObject({ source: 'plivo' });
      expect((await readBroadcast(test, body.id)).delivery['failed']).toBe(1);
    });

    it('but not against a START that the person has said since', async () => {
      const [person = ''] = people(1);
      test.simulator.reset();
      test.simulator.settings.callbackLossShare = 1;
      await postBroadcast(test, { recipients: [person], message: 'Hi' }).expect(202);
      const url = test.url + INBOUND_PATH;
      await test.simulator.receiveText({ from: person, to: '+14155550100', text: 'STOP', url });
      await test.simulator.receiveText({ from: person, to: '+14155550100', text: 'START', url });
      const [uuid = ''] = test.simulator.calls()[0]!.messageUuids;
      const report = reportOf(person, uuid, { Status: 'failed', ErrorCode: '200' });
      await postReport(test, callbackUrlOf(test), report).expect(204);
      test.simulator.settings.callbackLossShare = 0;
      expect((await optOutOf(person)).status).toBe(404);
    });
  });
});
