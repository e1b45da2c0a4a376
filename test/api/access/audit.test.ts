import { sql } from 'kysely';
import request from 'supertest';
import { get, numbers, postBroadcast, reportedAndOver } from '../../support/client';
import { importOptOuts, send } from '../../support/compliance';
import { as, makeKey } from '../../support/keys';
import { expectProblem } from '../../support/problem';
import { openStoreFixture } from '../../support/storeFixture';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

type Entry = Record<'at' | 'who' | 'action' | 'subject' | 'address' | 'requestId', string> & { details: object };

describe.each(ENGINES)('the audit log on %s', (engine) => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService({ engine, env: { APPROVAL_ABOVE: '3' } });
  });
  afterAll(() => test.stop());

  const newest = async (count: number): Promise<Entry[]> => {
    const { body } = await get(test, `/audit?limit=${count}`).expect(200);
    return body.data as Entry[];
  };
  const actions = async (count: number) => (await newest(count)).map(({ action, subject }) => `${action} ${subject}`);

  it('says who did what, when, from where, and under which request', async () => {
    const key = await makeKey(test, ['send'], { name: 'shop' });
    const { body: sent } = await as(test, key)
      .post('/broadcast')
      .set('x-request-id', 'order-17')
      .send({ message: 'Hi', recipients: numbers(2) })
      .expect(202);
    const [line, before] = await newest(2);
    expect(line).toMatchObject({
      who: 'shop',
      whoId: `key:${key.id}`,
      action: 'broadcast.created',
      subject: sent.id,
      address: expect.stringContaining('127.0.0.1'),
      requestId: 'order-17',
      details: { recipients: 2 },
    });
    expect(Math.abs(Date.parse(line!.at) - Date.now())).toBeLessThan(60_000);
    expect(before).toMatchObject({
      who: 'API_KEY',
      whoId: 'api_key',
      action: 'key.created',
      subject: key.id,
      details: { name: 'shop' },
    });
  });

  it('has every change of a broadcast', async () => {
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const { body } = await postBroadcast(test, { message: 'Hi', recipients: numbers(2, 10), sendAt }).expect(202);
    const id = String(body.id);
    for (const word of ['pause', 'resume', 'cancel']) await send(test, 'post', `/broadcast/${id}/${word}`).expect(200);
    const words = ['cancelled', 'resumed', 'paused', 'created'];
    expect(await actions(4)).toEqual(words.map((word) => `broadcast.${word} ${id}`));
  });

  it('has approvals and rejections', async () => {
    const second = as(test, await makeKey(test, ['approve']));
    const make = async (from: number) =>
      (await postBroadcast(test, { message: 'Hi', recipients: numbers(4, from) })).body as {
        id: string;
        approval: { digest: string };
      };
    const [one, other] = [await make(20), await make(30)];
    await second.post(`/broadcast/${one.id}/approve`).send({ digest: one.approval.digest }).expect(200);
    await second.post(`/broadcast/${other.id}/reject`).send({ reason: 'No.' }).expect(200);
    expect((await newest(2)).map(({ action, details }) => [action, details])).toEqual([
      ['broadcast.rejected', { reason: 'No.' }],
      ['broadcast.approved', {}],
    ]);
    await reportedAndOver(test, one.id, 4);
  });

  it('has opt-outs, lists and templates, and shows no number as it is', async () => {
    const [number = ''] = numbers(1, 50);
    await send(test, 'put', `/opt-outs/${number}`).expect(201);
    await send(test, 'delete', `/opt-outs/${number}`).expect(204);
    const { body: imported } = await importOptOuts(test, `phone\n${number}\n`).expect(200);
    await send(test, 'delete', `/opt-outs/imports/${imported.importId}`).expect(200);
    await send(test, 'put', '/lists/customers', { recipients: [number] }).expect(201);
    await send(test, 'post', '/lists/customers/recipients', { recipients: numbers(1, 51) }).expect(200);
    await send(test, 'delete', `/lists/customers/recipients/${number}`).expect(204);
    await send(test, 'delete', '/lists/customers').expect(204);
    await send(test, 'put', '/templates/doors', { message: 'Doors open at 9.' }).expect(201);
    await send(test, 'delete', '/templates/doors').expect(204);
    expect((await actions(10)).reverse()).toEqual([
      'optOut.added +1415*****50',
      'optOut.removed +1415*****50',
      `optOuts.imported ${imported.importId}`,
      `optOuts.importUndone ${imported.importId}`,
      'list.replaced customers',
      'list.peopleAdded customers',
      'list.personRemoved customers',
      'list.removed customers',
      'template.saved doors',
      'template.removed doors',
    ]);
    const { text } = await get(test, '/audit?limit=1000').expect(200);
    expect(text).not.toContain(number.slice(1));
    expect(text).not.toContain('Doors open');
  });

  it('has broadcasts whose numbers came as a form, as a file, or in steps', async () => {
    const key = await makeKey(test, ['send'], { name: 'uploader' });
    const csv = `phone\n${numbers(2, 60).join('\n')}\n`;
    await as(test, key)
      .post('/broadcast')
      .field('message', 'Hi')
      .attach('recipients', Buffer.from(csv), 'n.csv')
      .expect(202);
    await as(test, key).post('/broadcast?message=Hi').type('text/csv').send(csv).expect(202);
    const recipients = numbers(4500, 100_000).map((to, n) => ({ to, n: String(n) }));
    const large = await as(test, key).post('/broadcast').send({ message: 'Hi {{n}}', recipients }).expect(202);
    const lines = await newest(3);
    expect(lines.map(({ who, action }) => `${who} ${action}`)).toEqual(Array(3).fill('uploader broadcast.created'));
    expect(lines[0]).toMatchObject({ subject: large.body.id, details: { recipients: 4500, awaitsApproval: true } });
  });

  it('has keys that were rotated and revoked', async () => {
    const { id } = await makeKey(test, ['read']);
    await send(test, 'post', `/keys/${id}/rotate`, {}).expect(200);
    await send(test, 'delete', `/keys/${id}`).expect(204);
    expect(await actions(3)).toEqual([`key.revoked ${id}`, `key.rotated ${id}`, `key.created ${id}`]);
  });

  it('has no line of what was refused', async () => {
    const before = await newest(1);
    expectProblem(await postBroadcast(test, { message: 'Hi', recipients: ['+1415'] }), 400);
    expectProblem(await send(test, 'delete', '/templates/nobody'), 404);
    expectProblem(await request(test.url).put('/templates/doors').send({ message: 'Hi' }), 401);
    expect(await newest(1)).toEqual(before);
  });

  it('has pages that meet', async () => {
    const all = await newest(1000);
    const seen: Entry[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await get(test, `/audit?limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`).expect(200);
      seen.push(...(body.data as Entry[]));
      cursor = body.next as string | null;
    }
    expect(seen).toEqual(all);
  });
});

describe.each(ENGINES)('lines of the audit log on %s', (engine) => {
  it('cannot be changed, and go when they are old enough', async () => {
    const fixture = await openStoreFixture(engine);
    const write = (at: number) =>
      sql`insert into audit_log (at, action, subject, details) values (${at}, 'list.removed', 'x', '{}')`.execute(
        fixture.db,
      );
    await write(1000);
    await write(5000);
    fixture.setClock(6000);
    await expect(sql`update audit_log set subject = 'y'`.execute(fixture.db)).rejects.toThrow('is not changed');
    expect(await fixture.store.audit.removeOld(3000)).toBe(true);
    expect(await fixture.store.audit.removeOld(3000)).toBe(false);
    expect((await fixture.store.audit.list({ limit: 10, after: null })).items).toHaveLength(1);
    await fixture.close();
  });
});
