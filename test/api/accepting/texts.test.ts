import request from 'supertest';
import { get, numbers, postBroadcast } from '../../support/client';
import { expectNothingUnforeseen, expectProblem } from '../../support/problem';
import { firstLineOfAnswer } from '../../support/rawHttp';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

const [first = '', second = ''] = numbers(2);

describe('the text of a broadcast', () => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService();
  });
  afterAll(() => test.stop());
  beforeEach(() => test.simulator.reset());
  afterEach(() => expectNothingUnforeseen(test));

  const sentText = () => test.simulator.calls().at(-1)?.text;
  const post = (path: string, type: string) =>
    request(test.url).post(path).set('x-api-key', API_KEY).set('content-type', type);
  const postCsv = (query: string) => post(`/broadcast?${query}`, 'text/csv').send(`${first}\n`);
  const form = (part: Buffer) =>
    post('/broadcast', 'multipart/form-data; boundary=b').send(
      Buffer.concat([
        part,
        Buffer.from(`--b\r\nContent-Disposition: form-data; name="recipients"\r\n\r\n${first}\r\n--b--\r\n`),
      ]),
    );
  const messagePart = (text: string | Buffer, headers = '') =>
    Buffer.concat([
      Buffer.from(`--b\r\nContent-Disposition: form-data; name="message"\r\n${headers}\r\n`),
      Buffer.from(text),
      Buffer.from('\r\n'),
    ]);
  const nobodyTexted = () => expect(test.simulator.calls()).toEqual([]);

  it('goes out composed, and is measured so', async () => {
    const { body } = await postBroadcast(test, { recipients: [first], message: 'Cafe\u0301' }).expect(202);
    expect(sentText()).toBe('Café');
    expect(body.segments).toMatchObject({ encoding: 'GSM-7' });
  });

  it('goes out with stand-ins where "gsm" is wished for, and the answer says how', async () => {
    const fields = { recipients: [first], message: '“Hi” – you' };
    const auto = await postBroadcast(test, fields).expect(202);
    expect(auto.body.segments.encoding).toBe('UCS-2');
    const { body } = await postBroadcast(test, { ...fields, encoding: 'gsm' }).expect(202);
    expect(body.segments.encoding).toBe('GSM-7');
    expect(sentText()).toBe('"Hi" - you');
    const kept = await postBroadcast(test, { ...fields, message: '“漢”', encoding: 'gsm' }).expect(202);
    expect(kept.body.segments.encoding).toBe('UCS-2');
    expect(sentText()).toBe('"漢"');
  });

  it.each([
    ['a query', () => postCsv('message=%E2%80%9CHi%E2%80%9D&encoding=gsm')],
    [
      'a form',
      () =>
        form(
          Buffer.concat([
            messagePart('“Hi”'),
            Buffer.from('--b\r\nContent-Disposition: form-data; name="encoding"\r\n\r\ngsm\r\n'),
          ]),
        ),
    ],
  ])('has stand-ins by %s too', async (_way, send) => {
    await send().expect(202);
    expect(sentText()).toBe('"Hi"');
  });

  it('is previewed as it would go', async () => {
    const preview = (encoding: string) =>
      post('/broadcast/preview', 'application/json').send({ recipients: [first, second], message: '“Hi”', encoding });
    const gsm = await preview('gsm').expect(200);
    expect(gsm.body.segments).toMatchObject({ encoding: 'GSM-7', characters: 4, forcingUcs2: [] });
    const auto = await preview('auto').expect(200);
    expect(auto.body.segments).toMatchObject({ encoding: 'UCS-2' });
    expect(auto.body.digest).not.toBe(gsm.body.digest);
    expectProblem(await preview('ucs2'), 400);
  });

  it('has two braces where they are escaped', async () => {
    await postBroadcast(test, { recipients: [first], message: 'Write \\{{name}}' }).expect(202);
    expect(sentText()).toBe('Write {{name}}');
  });

  it.each([
    ['a field', 'Hi {{name}}', 'nobody in the list has a value'],
    ['a lost character', 'Caf\ufffd', 'U+FFFD'],
    ['half an emoji', 'Hi \ud83d', 'surrogate'],
    ['nothing that can be seen', '\u200b\ufeff\u00ad\u00a0\u3164\ufe0f', 'empty'],
  ])('is refused with %s', async (_what, message, why) => {
    const answer = await postBroadcast(test, { recipients: [first], message });
    expectProblem(answer, 400);
    expect(answer.body.errors[0]).toMatchObject({ path: 'message', msg: expect.stringContaining(why) as string });
    nobodyTexted();
  });

  it.each(['Caf\ufffd', 'Hi \ud83d'])('is refused beside the name %j', async (name) => {
    expectProblem(await postBroadcast(test, { recipients: [first], message: 'Hi', name }), 400);
  });

  it('is refused where its bytes in JSON are no UTF-8', async () => {
    const body = JSON.stringify({ recipients: [first], message: 'Café' });
    const head = `POST /broadcast HTTP/1.1\r\nHost: x\r\nx-api-key: ${API_KEY}\r\nContent-Type: application/json\r\n`;
    const answer = await firstLineOfAnswer(test.url, `${head}Content-Length: ${body.length}\r\n\r\n${body}`);
    expect(answer).toBe('HTTP/1.1 400 Bad Request');
    nobodyTexted();
  });

  it.each([
    ['Latin-1', 'message=Caf%E9', 'UTF-8'],
    ['half a character', 'message=Caf%C3', 'UTF-8'],
    ['a surrogate', 'message=%ED%A0%80', 'UTF-8'],
    ['a percent sign alone', 'message=50%', 'write \\"%25\\"'],
    ['a percent sign before other letters', 'message=50%zz', 'write \\"%25\\"'],
    ['a lost character', 'message=Caf%EF%BF%BD', 'U+FFFD'],
    ['a name in Latin-1', 'message=Hi&name=Caf%E9', 'UTF-8'],
  ])('is refused in a query that has %s', async (_what, query, why) => {
    const answer = await postCsv(query);
    expectProblem(answer, 400);
    expect(answer.text).toContain(why);
    nobodyTexted();
  });

  it('is refused in a query that was not escaped, in whatever bytes', async () => {
    const csv = `Content-Type: text/csv\r\nContent-Length: ${first.length}\r\n\r\n${first}`;
    const rest = ` HTTP/1.1\r\nHost: x\r\nx-api-key: ${API_KEY}\r\n${csv}`;
    const post = (text: Buffer) =>
      firstLineOfAnswer(test.url, `POST /broadcast?message=${text.toString('latin1')}${rest}`);
    expect(await post(Buffer.from('Café'))).toBe('HTTP/1.1 400 Bad Request');
    expect(await post(Buffer.from('Café', 'latin1'))).toBe('HTTP/1.1 400 Bad Request');
  });

  it('is read from a form’s field as its bytes say, however they are written', async () => {
    const asIs = ['Content-Type: text/plain; charset=utf-8\r\n', 'Content-Transfer-Encoding: 8bit\r\n', ''];
    for (const headers of asIs) {
      await form(messagePart('Café', headers)).expect(202);
      expect(sentText()).toBe('Café');
    }
    await form(messagePart('Caf=C3=A9 =\r\nat 9=2E', 'Content-Transfer-Encoding: quoted-printable\r\n')).expect(202);
    expect(sentText()).toBe('Café at 9.');
    await form(messagePart('Q2Fmw6k=', 'Content-Transfer-Encoding: base64\r\n')).expect(202);
    expect(sentText()).toBe('Café');
  });

  it.each([
    ['Latin-1', Buffer.from('Café', 'latin1'), ''],
    ['Latin-1 that says so', Buffer.from('Café', 'latin1'), 'Content-Type: text/plain; charset=iso-8859-1\r\n'],
    ['UTF-16', Buffer.from('Café', 'utf16le'), 'Content-Type: text/plain; charset=utf-16le\r\n'],
    ['quoted Latin-1', Buffer.from('Caf=E9'), 'Content-Transfer-Encoding: quoted-printable\r\n'],
    ['a broken escape', Buffer.from('50=%'), 'Content-Transfer-Encoding: quoted-printable\r\n'],
    ['broken base64', Buffer.from('Q2Fm*'), 'Content-Transfer-Encoding: base64\r\n'],
    ['a writing that nobody knows', Buffer.from('Hi'), 'Content-Transfer-Encoding: x-uuencode\r\n'],
  ])('is refused in a form’s field that holds %s', async (_what, bytes, headers) => {
    expectProblem(await form(messagePart(bytes, headers)), 400);
    nobodyTexted();
  });

  it('makes no other request of a repetition than it was, composed or apart', async () => {
    const headers = { 'idempotency-key': 'composed' };
    await postBroadcast(test, { recipients: [first], message: 'Cafe\u0301' }, headers).expect(202);
    const again = await postBroadcast(test, { recipients: [first], message: 'Cafe\u0301' }, headers).expect(202);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expectProblem(await postBroadcast(test, { recipients: [first], message: 'Café' }, headers), 422);
  });

  it.each([
    ['00000', 'begin with 00'],
    ['00447876574016', 'begin with 00'],
    ['+0447700900', '0 behind the'],
  ])('does not go out from %s', async (sender, why) => {
    const answer = await postBroadcast(test, { recipients: [first], message: 'Hi', sender });
    expectProblem(answer, 400);
    expect(answer.body.errors[0]).toMatchObject({ path: 'sender', msg: expect.stringContaining(why) as string });
  });

  it.each([
    ['/broadcasts', '"/broadcast"'],
    ['/optouts', '"/opt-outs"'],
    ['/recipient/+14155550101', '"/recipients/{number}"'],
  ])('is not to be found at %s, and the answer says where', async (path, known) => {
    const answer = await get(test, path);
    expectProblem(answer, 404);
    expect(answer.body.detail).toContain(known);
  });
});
