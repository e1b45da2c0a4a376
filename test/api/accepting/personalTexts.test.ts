import request from 'supertest';
import { broadcastWhen, get, numbers, postBroadcast, reportedAndOver } from '../../support/client';
import { write } from '../../support/compliance';
import { expectNobodyMissing } from '../../support/invariants';
import { expectNothingUnforeseen, expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

const [ANN = '', BOB = '', CEM = '', DAN = ''] = numbers(4);

describe.each(ENGINES)('a text of one’s own on %s', (engine) => {
  let test: TestService;
  beforeEach(async () => {
    test = await startTestService({ engine });
  });
  afterEach(async () => {
    expectNothingUnforeseen(test);
    await test.stop();
  });
  const textOf = (number: string) => test.simulator.textsOf(number).map(({ text }) => text);
  const people = [
    { to: ANN, name: 'Ann', code: 'X1' },
    { to: BOB, name: 'Bob', code: 'X2' },
    { to: CEM, name: 'Cem', code: 'X1' },
  ];
  const preview = (body: object) => request(test.url).post('/broadcast/preview').set('x-api-key', API_KEY).send(body);

  it('goes to each of them, once, and can be read back', async () => {
    const message = 'Hi {{name}}, your code is {{ code }}. \\{{name}} stays.';
    const { body } = await postBroadcast(test, { recipients: people, message }).expect(202);
    await reportedAndOver(test, body.id as string, 3);
    expect(textOf(ANN)).toEqual(['Hi Ann, your code is X1. {{name}} stays.']);
    expect(textOf(BOB)).toEqual(['Hi Bob, your code is X2. {{name}} stays.']);
    expect(textOf(CEM)).toEqual(['Hi Cem, your code is X1. {{name}} stays.']);
    const page = await get(test, `/broadcast/${body.id}/recipients`).expect(200);
    expect(page.body.data).toMatchObject([
      { recipient: ANN, text: 'Hi Ann, your code is X1. {{name}} stays.', status: 'delivered' },
      { recipient: BOB, text: 'Hi Bob, your code is X2. {{name}} stays.' },
      { recipient: CEM },
    ]);
    const person = await get(test, `/recipients/${BOB}`).expect(200);
    expect(person.body.broadcasts[0]).toMatchObject({ text: 'Hi Bob, your code is X2. {{name}} stays.' });
    const csv = await get(test, `/broadcast/${body.id}/recipients`, { accept: 'text/csv' });
    expect(csv.text).toContain('"Hi Bob, your code is X2. {{name}} stays."\r\n');
    expect((await get(test, `/broadcast/${body.id}`)).body).toMatchObject({
      text: message,
      texts: { distinct: 3 },
      segments: { encoding: 'GSM-7', min: 1, max: 1, total: 3 },
    });
    await expectNobodyMissing(test, body.id as string);
  });

  it('shares a call with those who are told the same', async () => {
    const { body } = await postBroadcast(test, { recipients: people, message: 'Your code is {{code}}.' }).expect(202);
    const done = await reportedAndOver(test, body.id as string, 3);
    expect(done.batches['total']).toBe(2);
    expect(textOf(CEM)).toEqual(['Your code is X1.']);
  });

  it('falls back where somebody has no value, and nobody is texted without one', async () => {
    const recipients = [{ to: ANN, name: ' ' }, { to: BOB, name: 'Bob' }, CEM];
    const message = 'Hi {{name}}.';
    const refused = await postBroadcast(test, { recipients, message }).expect(400);
    expectProblem(refused, 400);
    expect(refused.body.errors).toMatchObject([
      { path: 'recipients[0]', msg: expect.stringContaining('{{name}}'), value: ANN },
      { path: 'recipients[2]', msg: expect.stringContaining('{{name}}') },
    ]);
    const fallen = await postBroadcast(test, { recipients, message: 'Hi {{name|friend}}.' }).expect(202);
    await reportedAndOver(test, fallen.body.id as string, 3);
    expect([textOf(ANN), textOf(BOB), textOf(CEM)]).toEqual([['Hi friend.'], ['Hi Bob.'], ['Hi friend.']]);

    const skipped = await postBroadcast(test, { recipients, message, invalidRecipients: 'skip' }).expect(202);
    expect(skipped.body.recipients).toMatchObject({ submitted: 3, accepted: 1, invalid: 2 });
    const page = await get(test, `/broadcast/${skipped.body.id}/recipients?status=invalid`).expect(200);
    expect(page.body.data).toMatchObject([
      { recipient: ANN, errorReason: expect.stringContaining('no value for the field {{name}}') },
      { recipient: CEM },
    ]);
  });

  it('is refused as one fault where the list has no such field', async () => {
    const refused = await postBroadcast(test, { recipients: people, message: 'Hi {{nmae}}.' }).expect(400);
    expect(refused.body.errors).toMatchObject([{ path: 'message' }]);
    expect(refused.body.errorCount).toBe(1);
    expect(refused.body.errors[0].msg).toMatch(/nmae.*to, name, code/);
    const plain = await postBroadcast(test, { recipients: [ANN, BOB], message: 'Hi {{name}}.' }).expect(400);
    expect(plain.body.errors).toMatchObject([{ path: 'message' }]);
  });

  it('comes from the columns of a file, whichever comes first, the message or the file', async () => {
    const file = Buffer.from(`Phone;First name;Code\n${ANN};Zoë;X1\n${BOB};"O'Neil; Bob";X2\n`);
    const message = 'Hi {{first name|there}}, {{CODE}}';
    for (const order of [
      ['message', 'recipients'],
      ['recipients', 'message'],
    ]) {
      const form = request(test.url).post('/broadcast').set('x-api-key', API_KEY);
      for (const part of order)
        if (part === 'message') form.field('message', message);
        else form.attach('recipients', file, { filename: 'people.csv', contentType: 'text/csv' });
      const { body } = await form.expect(202);
      await reportedAndOver(test, body.id as string, 2);
    }
    expect(textOf(ANN)).toEqual(['Hi Zoë, X1', 'Hi Zoë, X1']);
    expect(textOf(BOB)[0]).toBe("Hi O'Neil; Bob, X2");
  });

  it('comes from lines of JSON', async () => {
    const lines = people.map((person) => JSON.stringify(person)).join('\n');
    const { body } = await request(test.url)
      .post(`/broadcast?message=${encodeURIComponent('Hi {{name}}')}`)
      .set('x-api-key', API_KEY)
      .type('application/x-ndjson')
      .send(lines)
      .expect(202);
    await reportedAndOver(test, body.id as string, 3);
    expect(textOf(CEM)).toEqual(['Hi Cem']);
  });

  it('is measured person by person in the preview, which shows the dearest', async () => {
    const recipients = [
      { to: ANN, name: 'Ann' },
      { to: BOB, name: 'Łukasz' },
      { to: CEM, name: 'x'.repeat(160) },
      { to: DAN, name: 'y'.repeat(1600) },
    ];
    const { body } = await preview({ recipients, message: 'Hi {{name}}.' }).expect(200);
    expect(body.recipients).toMatchObject({ accepted: 3, invalid: 1 });
    expect(body.invalidRecipients).toMatchObject([{ index: 3, reason: expect.stringContaining('too long') }]);
    expect(body.texts).toMatchObject({
      distinct: 3,
      ucs2: 1,
      shortest: { text: 'Hi Ann.', recipient: ANN, segments: 1 },
      longest: { recipient: CEM, segments: 2 },
      dearest: { recipient: CEM, segments: 2 },
    });
    expect(body.segments).toMatchObject({ encoding: 'UCS-2', min: 1, max: 2, total: 4 });
    expect(body.batches).toBe(3);
    expect(body.countries).toMatchObject([{ country: 'US', recipients: 3, segments: 4 }]);
  });

  it('is of a digest that no other version shows otherwise: what was previewed before an upgrade may be sent after it', async () => {
    const recipients = numbers(5001).map((to, index) => ({ to, name: `N${index}` }));
    const { body } = await preview({ message: 'Hi {{name}}', recipients });
    expect(body.digest).toBe('MGcccw_5v6ohLybQbtiaveHl0jnRwnA2oRaLnuSGILQ');
  });

  it('is of the digest: another text for one of them is another broadcast', async () => {
    const message = 'Hi {{name}}.';
    const digestOf = async (recipients: object[]) => (await preview({ recipients, message })).body.digest as string;
    const digest = await digestOf(people);
    expect(await digestOf([...people])).toBe(digest);
    expect(await digestOf([{ ...people[0], name: 'Eve' }, ...people.slice(1)])).not.toBe(digest);
    await postBroadcast(test, { recipients: people, message }, { 'if-match': `"${digest}"` }).expect(202);
    const other = [{ ...people[0], name: 'Eve' }, ...people.slice(1)];
    await postBroadcast(test, { recipients: other, message }, { 'if-match': `"${digest}"` }).expect(412);
  });

  it('is the first that can be sent, where somebody stands in the list twice', async () => {
    const recipients = [{ to: ANN }, { to: ANN, name: 'Ann' }, { to: ANN, name: 'Anna' }, { to: BOB, name: 'Bob' }];
    const { body } = await postBroadcast(test, { recipients, message: 'Hi {{name}}.' }).expect(202);
    expect(body.recipients).toMatchObject({ submitted: 4, accepted: 2, duplicates: 2, invalid: 0 });
    await reportedAndOver(test, body.id as string, 2);
    expect(textOf(ANN)).toEqual(['Hi Ann.']);
  });

  it('goes to nobody who says STOP in between', async () => {
    await write(test, BOB, 'STOP');
    const { body } = await postBroadcast(test, { recipients: people, message: 'Hi {{name}}.' }).expect(202);
    expect(body.recipients).toMatchObject({ accepted: 2, optedOut: 1 });
    await reportedAndOver(test, body.id as string, 2);
    expect(textOf(BOB)).toEqual([]);
  });

  it('names faults of entries, and takes nothing of them', async () => {
    const recipients = [{ to: ANN, name: { first: 'Ann' } }, { name: 'Bob' }, { to: '+1', name: 'Cem' }, [ANN]];
    const refused = await postBroadcast(test, { recipients, message: 'Hi {{name|you}}.' }).expect(400);
    const paths = [0, 1, 2, 3].map((index) => ({ path: `recipients[${index}]` }));
    expect(refused.body.errors).toMatchObject(paths);
    expect(refused.body.errors[0].msg).toContain('no text');
    expect(refused.body.errors[1].msg).toContain('"to"');
  });

  it('is known again by its key, whatever is in it', async () => {
    const body = { recipients: people, message: 'Hi {{name}}.' };
    const first = await postBroadcast(test, body, { 'idempotency-key': 'k' }).expect(202);
    const again = await postBroadcast(test, body, { 'idempotency-key': 'k' }).expect(202);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body.id).toBe(first.body.id);
    const other = { ...body, recipients: [{ ...people[0], name: 'Eve' }] };
    await postBroadcast(test, other, { 'idempotency-key': 'k' }).expect(422);
    await broadcastWhen(test, first.body.id as string, ({ status }) => status === 'completed');
  });
});
