import request from 'supertest';
import { get, numbers } from '../../support/client';
import { OUR_NUMBER, optOut, write } from '../../support/compliance';
import { expectNothingUnforeseen, expectProblem } from '../../support/problem';
import { INBOUND_PATH, postText, textFields as fieldsOf } from '../../support/texts';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const NO_ANSWER = '<Response/>';

describe.each(ENGINES)('a text that comes in on %s', (engine) => {
  let test: TestService;
  let next = 0;
  const person = () => numbers(1, (next += 10))[0]!;
  const isOptedOut = async (number: string) => (await get(test, `/opt-outs/${number}`)).status === 200;
  const post = (fields: Record<string, string>, authToken?: string) => postText(test, fields, authToken);

  beforeAll(async () => {
    test = await startTestService({
      engine,
      env: { OPT_OUT_REPLY: 'Bye & <farewell>', OPT_IN_REPLY: 'Hello again', HELP_REPLY: 'Call us' },
    });
  });
  afterEach(() => expectNothingUnforeseen(test));
  afterAll(() => test.stop());

  it('with STOP opts the person out, and is answered once, in Plivo XML', async () => {
    const number = person();
    const first = await post(fieldsOf(number, 'STOP'))
      .expect(200)
      .expect('content-type', /^application\/xml/);
    expect(first.text).toBe(
      `<Response><Message src="${OUR_NUMBER.slice(1)}" dst="${number.slice(1)}" type="sms">Bye &amp; &lt;farewell&gt;</Message></Response>`,
    );
    const { body } = await get(test, `/opt-outs/${number}`).expect(200);
    expect(body).toMatchObject({ source: 'keyword', history: [{ event: 'opted_out', source: 'keyword' }] });
    expect((await post(fieldsOf(number, 'stop!!')).expect(200)).text).toBe(NO_ANSWER);
  });

  it('is not taken twice when Plivo posts it again', async () => {
    const number = person();
    const stop = fieldsOf(number, 'Stop');
    await post(stop).expect(200);
    await post(fieldsOf(number, 'start')).expect(200);
    expect((await post(stop).expect(200)).text).toBe(NO_ANSWER);
    expect(await isOptedOut(number)).toBe(false);
  });

  it('with START ends the opt-out, also of one who was put on the list by others', async () => {
    const number = person();
    await optOut(test, number).expect(201);
    expect((await post(fieldsOf(number, 'Unstop'))).text).toContain('Hello again');
    expect(await isOptedOut(number)).toBe(false);
    expect((await post(fieldsOf(number, 'YES'))).text).toBe(NO_ANSWER);
  });

  it('with HELP is answered and changes nothing', async () => {
    const number = person();
    expect((await post(fieldsOf(number, 'help'))).text).toContain('Call us');
    expect(await isOptedOut(number)).toBe(false);
  });

  it.each([
    ['STOP', 'optout'],
    ['HELP', 'help'],
  ] as const)('is not answered where Plivo recognised %s and answers itself', async (text, intent) => {
    const number = person();
    expect((await post(fieldsOf(number, text, { MessageIntent: intent }))).text).toBe(NO_ANSWER);
    expect(await isOptedOut(number)).toBe(intent === 'optout');
  });

  it('opts out by what Plivo read in it, but never back in without the person’s own START', async () => {
    const number = person();
    await post(fieldsOf(number, 'leave me alone', { MessageIntent: 'optout' })).expect(200);
    expect(await isOptedOut(number)).toBe(true);
    await post(fieldsOf(number, 'sure, why not', { MessageIntent: 'optin' })).expect(200);
    expect(await isOptedOut(number)).toBe(true);
    await post(fieldsOf(number, 'START', { MessageIntent: 'optin' })).expect(200);
    expect(await isOptedOut(number)).toBe(false);
  });

  it('without a keyword is only kept', async () => {
    const number = person();
    expect((await post(fieldsOf(number, 'please stop by tomorrow'))).text).toBe(NO_ANSWER);
    expect(await isOptedOut(number)).toBe(false);
  });

  it('is listed, latest first, and stands with the person', async () => {
    const number = person();
    await write(test, number, 'First 👋');
    await write(test, number, 'STOP');
    const { body } = await get(test, '/inbound?limit=2').expect(200);
    expect(body.data).toMatchObject([
      { from: number, to: OUR_NUMBER, text: 'STOP', keyword: 'optOut', intent: 'optout' },
      { from: number, text: 'First 👋', keyword: null, intent: null },
    ]);
    const { body: rest } = await get(test, `/inbound?limit=2&cursor=${body.next}`).expect(200);
    expect(rest.data).toHaveLength(2);
    expect((await get(test, `/recipients/${number}`)).body.inbound).toEqual(body.data);
  });

  it('as an MMS has its words in another field', async () => {
    const number = person();
    const fields = fieldsOf(number, '');
    await post({ ...fields, Body: 'STOP', Type: 'mms', Media1: 'https://example.com/cat.jpg' }).expect(200);
    expect(await isOptedOut(number)).toBe(true);
  });

  it('without a valid signature is refused and changes nothing', async () => {
    const number = person();
    expectProblem(await post(fieldsOf(number, 'STOP'), 'another token'), 403);
    expectProblem(await request(test.url).post(INBOUND_PATH).type('form').send(fieldsOf(number, 'STOP')), 403);
    expect(await isOptedOut(number)).toBe(false);
  });

  it.each([
    ['From', 'nobody'],
    ['To', ''],
    ['MessageUUID', ''],
  ])('without a proper %s is refused', async (field, value) => {
    expectProblem(await post({ ...fieldsOf(person(), 'STOP'), [field]: value }), 400);
  });

  it('may hold any characters', async () => {
    const number = person();
    await post(fieldsOf(number, 'a\0b \u{1F600} <x>')).expect(200);
    expect((await get(test, `/recipients/${number}`)).body.inbound[0].text).toBe('a\ufffdb \u{1F600} <x>');
  });
});

describe('a service that is told to answer nothing', () => {
  it('answers STOP with an empty response', async () => {
    const test = await startTestService({ env: { OPT_OUT_REPLY: 'none' } });
    const { status, body } = await write(test, numbers(1)[0]!, 'STOP', { intent: '' });
    expect({ status, body }).toEqual({ status: 200, body: NO_ANSWER });
    await test.stop();
  });
});
