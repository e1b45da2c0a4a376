import request from 'supertest';
import { get, numbers, postBroadcast } from '../../support/client';
import { importOptOuts, optOut, send } from '../../support/compliance';
import { expectNothingUnforeseen } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

/** Behind our own sender, who cannot opt out. */
const PEOPLE = numbers(20_000, 200);
const ELSEWHERE = '+12125550123';
/** Of which each is no number, and none is like another. */
const BAD = PEOPLE.map((number) => `no ${number}`);
/** One after the other, while the long one is under way; work that is done in one go lets in one or two. */
const LET_IN = 8;

describe.each(ENGINES)('while there is long work on %s', (engine) => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService({ engine });
    await optOut(test, ELSEWHERE).expect(201);
  });
  afterEach(() => expectNothingUnforeseen(test));
  afterAll(() => test.stop());

  /** How many requests, each of which asks the database, were answered before the long one was. */
  async function turnsDuring(long: request.Test): Promise<{ turns: number; body: Record<string, unknown> }> {
    const progress = { isOver: false };
    const answer = long.then(({ status, body }) => {
      progress.isOver = true;
      expect(Math.floor(status / 100)).toBe(2);
      return body as Record<string, unknown>;
    });
    let turns = -1;
    for (; !progress.isOver; turns++) await get(test, `/opt-outs/${ELSEWHERE}`).expect(200);
    return { turns, body: await answer };
  }
  const post = (path: string, type: string, body: string | object) =>
    request(test.url).post(path).set('x-api-key', API_KEY).type(type).send(body);
  const SKIP = '?message=Hi&invalidRecipients=skip';

  it('others have their turn: an import of opt-outs, a broadcast to them, and the undoing of it', async () => {
    const imported = await turnsDuring(importOptOuts(test, PEOPLE.join('\n')));
    expect(imported.turns).toBeGreaterThan(LET_IN);
    const { turns, body } = await turnsDuring(postBroadcast(test, { recipients: PEOPLE, message: 'Hi' }));
    expect(body).toMatchObject({ status: 'completed', recipients: { optedOut: PEOPLE.length } });
    expect(turns).toBeGreaterThan(LET_IN);
    const { importId } = imported.body;
    const undone = await turnsDuring(send(test, 'delete', `/opt-outs/imports/${String(importId)}`));
    expect(undone.body).toEqual({ importId, removed: PEOPLE.length });
    expect(undone.turns).toBeGreaterThan(LET_IN);
  });

  it.each([
    ['JSON', 'application/json', { recipients: BAD, message: 'Hi', invalidRecipients: 'skip' }],
    ['CSV', 'text/csv', [...BAD, '+12125550199'].join('\n')],
  ])('others have their turn: a list of entries of which none is a number, as %s', async (_kind, type, list) => {
    const isJson = type === 'application/json';
    const good = isJson ? { ...(list as object), recipients: [...BAD, '+12125550199'] } : list;
    const { turns, body } = await turnsDuring(post(`/broadcast${isJson ? '' : SKIP}`, type, good));
    expect(body).toMatchObject({ recipients: { invalid: BAD.length, accepted: 1 } });
    expect(turns).toBeGreaterThan(LET_IN);
  });

  /** A text for each in which every character is written in another way. */
  const DEAR = { message: '{{k}}'.repeat(100), encoding: 'gsm' };
  const VALUE = 'é̂👩🏽’'.repeat(2);
  /** Of 300 a fast machine was done within nine slices. */
  const SOME = PEOPLE.slice(0, 1000);

  it.each([
    ['JSON', () => post('/broadcast/preview', 'application/json', { ...DEAR, recipients: SOME.map(withValue) })],
    ['CSV', () => post(`/broadcast/preview?${inQuery}`, 'text/csv', `to,k\n${SOME.map(inCells).join('\n')}`)],
    ['a saved list', () => post('/broadcast/preview', 'application/json', { ...DEAR, lists: ['some'] })],
  ])('others have their turn: personal texts that take long to write, from %s', async (_kind, asked) => {
    await send(test, 'put', '/lists/some', { recipients: SOME.map(withValue) });
    const { turns, body } = await turnsDuring(asked());
    expect(body).toMatchObject({ recipients: { submitted: SOME.length } });
    expect(turns).toBeGreaterThan(LET_IN);
  });
  const withValue = (to: string) => ({ to, k: VALUE });
  const inCells = (to: string) => `${to},${VALUE}`;
  const inQuery = new URLSearchParams({ ...DEAR, invalidRecipients: 'skip' }).toString();

  it('a text that would be as long as a book is refused, whatever its fields are filled with', async () => {
    const recipients = [
      { to: PEOPLE[0], k: 'x'.repeat(1000) },
      { to: ELSEWHERE, k: 'y' },
    ];
    const { body } = await post('/broadcast/preview', 'application/json', {
      message: '{{k}}'.repeat(1500),
      recipients,
      invalidRecipients: 'skip',
    }).expect(200);
    expect(body.invalidRecipients[0].reason).toContain('would get a text that is too long: 1500000 characters');
  });
});
