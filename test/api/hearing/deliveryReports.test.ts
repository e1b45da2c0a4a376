import request from 'supertest';
import { signatureHeaders } from '../../../src/simulator/formats/signatures';
import { broadcastWhen, get, numbers, postBroadcast, readBroadcast } from '../../support/client';
import { expectNobodyMissing } from '../../support/invariants';
import { expectNothingUnforeseen, expectProblem } from '../../support/problem';
import { callbackUrlOf, postReport, reportOf, type ReportFields } from '../../support/reports';
import { ENGINES } from '../../support/testDatabase';
import { AUTH_TOKEN, startTestService, type TestService } from '../../support/testService';

const [first = '', second = '', third = ''] = numbers(3);

describe.each(ENGINES)('a delivery report on %s', (engine) => {
  let test: TestService;
  let id: string;
  let url: string;
  let uuids: string[];
  beforeAll(async () => {
    // Plivo's own reports are lost; the tests write them.
    test = await startTestService({ engine, simulator: { callbackLossShare: 1 } });
  });
  beforeEach(async () => {
    test.simulator.reset();
    // A report of a block puts its person on the opt-out list.
    await test.service.store.optOuts.remove(first, { source: 'api', note: null, importId: null });
    const { body } = await postBroadcast(test, { recipients: [first, second, third], message: 'Hi' }).expect(202);
    id = body.id as string;
    url = callbackUrlOf(test);
    uuids = test.simulator.calls()[0]!.messageUuids;
  });
  afterAll(() => test.stop());
  afterEach(async () => {
    expectNothingUnforeseen(test);
    await expectNobodyMissing(test, id);
  });

  const recipientsNow = async () => {
    const { body } = await get(test, `/broadcast/${id}/recipients`).expect(200);
    return body.data as { recipient: string; status: string; messageUuid: string | null; errorCode: string | null }[];
  };
  const expectNothingChanged = async () => {
    expect((await readBroadcast(test, id)).delivery).toMatchObject({ queued: 3, delivered: 0 });
  };

  it('tells of one person what became of the text, and is bound to that person by the number, not by its place', async () => {
    await postReport(test, url, reportOf(third, uuids[0]!)).expect(204);
    const recipients = await recipientsNow();
    expect(recipients[2]).toMatchObject({ status: 'delivered', messageUuid: uuids[0], units: 1, cost: '0.0055' });
    expect(recipients.slice(0, 2)).toMatchObject([
      { status: 'queued', messageUuid: null },
      { status: 'queued', messageUuid: null },
    ]);
  });

  it('is known by its message where somebody on the way has mended the number', async () => {
    await postReport(test, url, reportOf(`+52${third.slice(2)}`, uuids[1]!)).expect(204);
    expect((await recipientsNow())[2]).toMatchObject({ status: 'delivered', messageUuid: uuids[1] });
    await postReport(test, url, reportOf('+447700900123', uuids[1]!, { Sequence: '3' })).expect(204);
    await postReport(test, url, reportOf(first, uuids[0]!)).expect(204);
    // Of one person nothing was heard yet.
    await postReport(test, url, reportOf('+447700900123', uuids[2]!)).expect(204);
    expect((await readBroadcast(test, id)).delivery['delivered']).toBe(3);
  });

  it('changes nothing where neither number nor message tells whose it is', async () => {
    expectProblem(await postReport(test, url, reportOf('+447700900123', uuids[1]!)), 404);
    expectProblem(await postReport(test, url, reportOf(`+52${third.slice(2)}`, 'of-another-call')), 404);
    await expectNothingChanged();
  });

  it('is taken by GET, and no less signed', async () => {
    const fields = reportOf(first, uuids[0]!);
    const path = `${url.slice(test.url.length)}?${new URLSearchParams(fields).toString()}`;
    const signed = { method: 'GET', url, fields, nonce: '42', authToken: AUTH_TOKEN } as const;
    expectProblem(await request(test.url).get(path), 403);
    expectProblem(
      await request(test.url)
        .get(path)
        .set(signatureHeaders({ ...signed, authToken: 'no' }, 'both')),
      403,
    );
    await request(test.url).head(path).set(signatureHeaders(signed, 'both')).expect(405);
    await expectNothingChanged();
    await request(test.url).get(path).set(signatureHeaders(signed, 'v3')).expect(204);
    expect((await readBroadcast(test, id)).delivery['delivered']).toBe(1);
  });

  it.each(['v2', 'v3'] as const)('is believed with a signature of version %s alone', async (family) => {
    const fields = reportOf(first, uuids[0]!);
    const headers = signatureHeaders({ method: 'POST', url, fields, nonce: '42', authToken: AUTH_TOKEN }, family);
    const path = url.slice(test.url.length);
    await request(test.url).post(path).type('form').set(headers).send(fields).expect(204);
    expect((await readBroadcast(test, id)).delivery['delivered']).toBe(1);
  });

  it('without a signature is refused', async () => {
    const sent = request(test.url).post(url.slice(test.url.length)).type('form').send(reportOf(first, uuids[0]!));
    expectProblem(await sent, 403);
    await expectNothingChanged();
  });

  it('signed with another token is refused', async () => {
    expectProblem(await postReport(test, url, reportOf(first, uuids[0]!), 'another-token-0123456789'), 403);
    await expectNothingChanged();
  });

  it('whose fields were changed after signing is refused', async () => {
    const fields = reportOf(first, uuids[0]!);
    const headers = signatureHeaders({ method: 'POST', url, fields, nonce: '1', authToken: AUTH_TOKEN }, 'v3');
    const sent = request(test.url).post(url.slice(test.url.length)).type('form').set(headers);
    expectProblem(await sent.send({ ...fields, Status: 'failed' }), 403);
    await expectNothingChanged();
  });

  it('signed for another host is refused, whatever host the request names', async () => {
    const fields = reportOf(first, uuids[0]!);
    const elsewhere = url.replace(/^http:\/\/[^/]+/, 'http://elsewhere.example.com');
    const headers = signatureHeaders(
      { method: 'POST', url: elsewhere, fields, nonce: '1', authToken: AUTH_TOKEN },
      'both',
    );
    const sent = request(test.url).post(url.slice(test.url.length)).type('form').set(headers);
    expectProblem(await sent.set('host', 'elsewhere.example.com').send(fields), 403);
    await expectNothingChanged();
  });

  it.each(['nobodys-token', 'x'.repeat(2000), '%00', '%F0%9F%98%80', "'%20or%201=1", '__proto__', '.', '%2e%2e'])(
    'at the address with the token %s names no batch',
    async (token) => {
      const odd = `${test.url}/webhooks/plivo/status/${token}`;
      expectProblem(await postReport(test, odd, reportOf(first, uuids[0]!)), 404);
      await expectNothingChanged();
    },
  );

  it('of somebody who is not in the batch is refused', async () => {
    expectProblem(await postReport(test, url, reportOf('+14155559999', uuids[0]!)), 404);
    await expectNothingChanged();
  });

  it.each<[what: string, fields: ReportFields, field: string]>([
    ['without a message', { MessageUUID: '' }, 'MessageUUID'],
    ['with a message that is none', { MessageUUID: 'a b' }, 'MessageUUID'],
    ['with a null character for a message', { MessageUUID: '\0' }, 'MessageUUID'],
    ['with a very long message uuid', { MessageUUID: 'a'.repeat(65) }, 'MessageUUID'],
    ['without a status', { Status: '' }, 'Status'],
    ['with a status that nobody knows', { Status: 'lost' }, 'Status'],
    ['with a status from the prototype', { Status: 'constructor' }, 'Status'],
    ['without a number', { To: '' }, 'To'],
    ['with letters for a number', { To: 'everybody' }, 'To'],
    ['with a number that is too long', { To: '1415555000012345' }, 'To'],
    ['with a sequence that is no number', { Sequence: 'two' }, 'Sequence'],
    ['with a sequence below zero', { Sequence: '-1' }, 'Sequence'],
    ['with a sequence beyond all bounds', { Sequence: '99999999999' }, 'Sequence'],
    ['with words for an error code', { ErrorCode: 'not good' }, 'ErrorCode'],
  ])('%s is refused and changes nothing', async (_what, fields, field) => {
    const response = await postReport(test, url, reportOf(first, uuids[0]!, fields));
    expectProblem(response, 400);
    expect(response.body.errors).toEqual([expect.objectContaining({ path: field })]);
    await expectNothingChanged();
  });

  it('of an unreadable form is refused', async () => {
    const post = (type: string, body: string) =>
      request(test.url).post(url.slice(test.url.length)).set('content-type', type).send(body);
    expectProblem(await post('application/json', '{"To":"14155550000"}'), 403);
    expectProblem(await post('application/x-www-form-urlencoded', `To=${'1'.repeat(100_000)}`), 413);
    expectProblem(await post('application/x-www-form-urlencoded', 'a=1&'.repeat(2000)), 413);
    expectProblem(await post('application/x-www-form-urlencoded; charset=utf-99', 'To=1'), 415);
    await expectNothingChanged();
  });

  it('may come several times and counts once', async () => {
    for (let times = 0; times < 3; times++) await postReport(test, url, reportOf(first, uuids[0]!)).expect(204);
    expect((await readBroadcast(test, id)).delivery).toMatchObject({ delivered: 1, queued: 2 });
  });

  it('that is older than what is known changes nothing, in whatever order they come', async () => {
    const sent = reportOf(first, uuids[0]!, { Status: 'sent', Sequence: '1' });
    const delivered = reportOf(first, uuids[0]!, { Status: 'delivered', Sequence: '2' });
    for (const report of [delivered, sent, delivered, sent]) await postReport(test, url, report).expect(204);
    expect((await readBroadcast(test, id)).delivery).toMatchObject({ sent: 0, delivered: 1, queued: 2 });
  });

  it('of another message to the same person does not replace the first', async () => {
    await postReport(test, url, reportOf(first, uuids[0]!, { Status: 'sent', Sequence: '1' })).expect(204);
    await postReport(test, url, reportOf(first, 'another-message', { Status: 'failed', Sequence: '9' })).expect(204);
    expect((await recipientsNow())[0]).toMatchObject({ status: 'sent', messageUuid: uuids[0] });
  });

  it('of a message that belongs to somebody else changes nothing', async () => {
    await postReport(test, url, reportOf(first, uuids[0]!)).expect(204);
    await postReport(test, url, reportOf(second, uuids[0]!)).expect(204);
    expect((await recipientsNow())[1]).toMatchObject({ status: 'queued', messageUuid: null });
  });

  it.each([
    ['undelivered', '30', /\w{5}/],
    ['failed', '200', /\w{5}/],
    ['failed', '98765', /\w{5}/],
  ])('of %s keeps the code %s and says what it means', async (status, code, reason) => {
    await postReport(test, url, reportOf(first, uuids[0]!, { Status: status, ErrorCode: code })).expect(204);
    expect((await recipientsNow())[0]).toMatchObject({
      status,
      errorCode: code,
      errorReason: expect.stringMatching(reason),
    });
  });

  it('goes with all others of several hundred that come at once, each applied once', async () => {
    const many = numbers(300, 1000);
    await postBroadcast(test, { recipients: many, message: 'Hi' }).expect(202);
    const call = test.simulator.calls()[1]!;
    const target = callbackUrlOf(test, 1);
    const reports = many.flatMap((number, index) => [
      reportOf(number, call.messageUuids[index]!, { Status: 'sent', Sequence: '1' }),
      reportOf(number, call.messageUuids[index]!, { Status: index % 3 === 0 ? 'failed' : 'delivered' }),
    ]);
    const answers = await Promise.all(reports.map((report) => postReport(test, target, report)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
    const { body } = await get(test, '/broadcast?limit=1').expect(200);
    expect(body.data[0].delivery).toMatchObject({ delivered: 200, failed: 100, sent: 0, queued: 0 });
    await expectNobodyMissing(test, body.data[0].id as string);
  });
});

describe.each(ENGINES)('delivery reports in an unruly net on %s', (engine) => {
  let test: TestService;
  afterEach(() => test.stop());

  it('end in the true state though they come doubled and in the wrong order', async () => {
    test = await startTestService({
      engine,
      simulator: { callbackDuplicateShare: 0.4, callbackReorderShare: 0.4, undeliveredShare: 0.2, failedShare: 0.2 },
    });
    const { body } = await postBroadcast(test, { recipients: numbers(200), message: 'Hi' }).expect(202);
    await test.simulator.idle();
    const { delivery } = await broadcastWhen(
      test,
      body.id as string,
      (now) => now.delivery['queued'] === 0 && now.delivery['sent'] === 0,
    );
    const truth = { delivered: 0, undelivered: 0, failed: 0 };
    for (const number of numbers(200)) truth[test.simulator.textsOf(number)[0]!.state as keyof typeof truth]++;
    expect(delivery).toMatchObject(truth);
    expect(Math.min(...Object.values(truth))).toBeGreaterThan(0);
    await expectNobodyMissing(test, body.id as string);
  });

  it('may come before the answer of the call they report on', async () => {
    test = await startTestService({ engine, simulator: { latencyMs: 1500, deliveryDelayMs: 1 } });
    const { body } = await postBroadcast(
      test,
      { recipients: numbers(20), message: 'Hi' },
      { Prefer: 'respond-async' },
    ).expect(202);
    const early = await broadcastWhen(test, body.id as string, ({ delivery }) => delivery['delivered'] === 20);
    expect(early.batches).toMatchObject({ sending: 1, sent: 0 });
    const done = await broadcastWhen(test, body.id as string, ({ batches }) => batches['sent'] === 1);
    expect(done).toMatchObject({ status: 'completed', delivery: { delivered: 20, queued: 0 } });
    await expectNobodyMissing(test, body.id as string);
  });
});
