import { sql } from 'kysely';
import LibsqlDatabase from 'libsql';
import { runMove } from '../../src/cli/moving/runMove';
import { openDatabase, openDatabaseToRead } from '../../src/store/engine/database';
import { noteMove, readNote } from '../../src/store/engine/movedFile';
import { columnsOfSource, tablesOfTarget } from '../../src/store/upkeep/moveTables';
import { storeOn } from '../../src/store/store';
import { verifyDatabase } from '../../src/store/upkeep/verifyStore';
import { broadcastWhen, get, numbers, postBroadcast, reportedAndOver } from '../support/client';
import { send } from '../support/compliance';
import { eventually } from '../support/eventually';
import { SETTLES_SOON } from '../support/settling';
import { expectNobodyMissing, expectTextedOnce } from '../support/invariants';
import { as, makeKey } from '../support/keys';
import { newBroadcast } from '../support/storeFixture';
import { databaseUrlOf, startTestService, type TestService } from '../support/testService';
import { createTestDatabase, ENGINES, nameSqliteFile, type TestDatabase } from '../support/testDatabase';
import { postText, textFields } from '../support/texts';
import { SECRET, startWebhookReceiver, type WebhookReceiver } from '../support/webhookReceiver';

const onPostgres = ENGINES.includes('postgres') ? describe : describe.skip;

/** What the command prints, joined. */
async function move(from: string, to: string): Promise<string> {
  const lines: string[] = [];
  await runMove({ from, to, print: (line) => lines.push(line) });
  return lines.join('\n');
}

/** Rows of each table, Kysely's own aside. */
async function rowsOf({ url }: Pick<TestDatabase, 'url'>): Promise<Record<string, unknown[]>> {
  const database = openDatabaseToRead({ url });
  try {
    const tables = await database.db.introspection.getTables();
    const read = async (name: string) => {
      const { rows } = await sql`select * from ${sql.table(name)}`.execute(database.db);
      return [name, rows.map((row) => JSON.stringify(Object.entries(row as object).sort())).sort()] as const;
    };
    return Object.fromEntries(await Promise.all(tables.map(({ name }) => read(name))));
  } finally {
    await database.close();
  }
}

onPostgres('npm run migrate-to-postgres, of a service that crashed in the midst of its work', () => {
  let old: TestService;
  let fresh: TestService;
  let target: TestDatabase;
  let receiver: WebhookReceiver;
  const started: TestService[] = [];
  const people = numbers(60);
  const later = numbers(5, 100);
  const [stopped = ''] = numbers(1, 200);

  beforeAll(async () => {
    receiver = await startWebhookReceiver();
    target = await createTestDatabase('postgres');
    old = await startTestService({ env: settings(receiver) });
    started.push(old);
  });
  afterAll(async () => {
    for (const one of started.reverse()) await one.stop();
    await target.drop();
    await receiver.stop();
  });

  /** Batches of ten, one call at a time, and leases of some ten seconds. */
  const settings = ({ url }: WebhookReceiver) => ({
    PLIVO_BULK_MESSAGE_LIMIT: '10',
    PLIVO_MAX_CONCURRENCY: '1',
    ...SETTLES_SOON,
    WEBHOOK_URL: url,
    WEBHOOK_SECRET: SECRET,
    WEBHOOK_ALLOW_PRIVATE: 'true',
  });

  it('goes on from there on PostgreSQL: nobody twice, nobody dropped, keys and STOPs hold', async () => {
    const key = await makeKey(old, ['read', 'send']);
    await send(old, 'put', '/lists/guests', { recipients: [{ to: people[0], city: 'Rome' }, stopped] }).expect(201);
    await send(old, 'put', '/templates/doors', { message: 'Doors open at 9.' }).expect(201);
    expect((await postText(old, textFields(stopped, 'STOP'))).status).toBe(200);
    expect((await postText(old, textFields(people[1]!, 'When is it?'))).status).toBe(200);
    const scheduled = await accepted(old, later, { sendAt: new Date(Date.now() + 3_600_000).toISOString() });
    const done = await accepted(old, numbers(5, 300));
    await reportedAndOver(old, done, 5);

    old.simulator.settings.latencyMs = 300;
    const id = await accepted(old, people);
    const before = old.simulator.calls().length;
    await eventually(() => old.simulator.calls().length >= before + 3);
    await old.crash();
    expect(old.simulator.texts().size).toBeLessThan(5 + people.length);
    old.simulator.settings.latencyMs = 0;

    const from = databaseUrlOf(old);
    const told = await move(from, target.url);
    expect(told).toMatch(/broadcasts +3\n/);
    expect(told).toContain('verify finds no fault');
    expect(told).not.toContain('postgres@');
    const { secrets, ...moved } = await rowsOf(target);
    const { secrets: secretsOfFile, ...left } = await rowsOf({ url: from });
    expect(moved).toEqual(left);
    expect(secrets).toHaveLength(secretsOfFile!.length);
    await expect(openDatabase({ url: from })).rejects.toThrow(/has moved to postgres:.* set DATABASE_URL/);

    fresh = await startTestService({ database: target, beside: old, env: settings(receiver) });
    started.push(fresh);
    await broadcastWhen(fresh, id, ({ status }) => status === 'completed');
    expectTextedOnce(fresh, [...people, ...numbers(5, 300)]);
    for (const one of [id, done, scheduled]) await expectNobodyMissing(fresh, one);

    const web = as(fresh, key);
    await web.get(`/broadcast/${scheduled}`).expect(200, /"scheduled"/);
    await web.put('/templates/doors').send({ message: 'Hi' }).expect(403);
    await get(fresh, '/lists/guests/recipients').expect(200, /Rome/);
    await get(fresh, '/templates/doors').expect(200, /Doors open/);
    await get(fresh, '/inbound').expect(200, /When is it/);
    await get(fresh, '/audit').expect(200, /doors/);
    const next = await accepted(fresh, [stopped, ...numbers(1, 400)]);
    await reportedAndOver(fresh, next, 1);
    expect(fresh.simulator.textsOf(stopped)).toEqual([]);
    await send(fresh, 'put', '/lists/others', { recipients: later }).expect(201);
    await receiver.when('broadcast.completed', (data) => JSON.stringify(data).includes(next));

    const database = openDatabaseToRead({ url: target.url });
    const faults: string[] = [];
    await verifyDatabase(database, { onFault: (_, rule) => faults.push(rule) });
    await database.close();
    expect(faults).toEqual([]);
  });

  const accepted = async (test: TestService, recipients: readonly string[], more: object = {}): Promise<string> => {
    const { body } = await postBroadcast(test, { message: 'Doors open at 9.', recipients, ...more }).expect(202);
    return (body as { id: string }).id;
  };
});

onPostgres('npm run migrate-to-postgres', () => {
  let file: TestDatabase;
  let target: TestDatabase;
  beforeEach(async () => {
    [file, target] = [await createTestDatabase('sqlite'), await createTestDatabase('postgres')];
    const database = await openDatabase(file);
    await sql`insert into opt_outs (recipient_number, source, opted_out_at) values ('+14155550101', 'api', 1)`.execute(
      database.db,
    );
    for (const event of ['opted_out', 'opted_in'])
      await sql`insert into opt_out_events (recipient_number, event, source, created_at)
        values ('+14155550101', ${event}, 'api', 1)`.execute(database.db);
    await sql`delete from opt_out_events where event = 'opted_in'`.execute(database.db);
    await database.close();
  });
  afterEach(async () => {
    await file.drop();
    await target.drop();
  });

  async function expectRefused(told: RegExp, from = file.url, to = target.url): Promise<void> {
    const before = [await rowsOf(file), await rowsOf(target)];
    await expect(move(from, to)).rejects.toThrow(told);
    expect([await rowsOf(file), await rowsOf(target)]).toEqual(before);
  }

  it('moves every table that the file has, and numbers go on where they were', async () => {
    const told = await move(file.url, target.url);
    const [source, postgres] = [openDatabaseToRead(file), await openDatabase(target)];
    const tables = [...(await columnsOfSource(source.db)).keys()];
    expect((await tablesOfTarget(postgres.db)).map(({ name }) => name).sort()).toEqual(tables.sort());
    for (const table of tables) expect(told).toMatch(new RegExp(`^${table} +\\d`, 'm'));
    const { rows } = await sql`insert into opt_out_events (recipient_number, event, source, created_at)
      values ('+14155550101', 'opted_in', 'api', 1) returning event_key`.execute(postgres.db);
    expect(rows).toEqual([{ event_key: 3 }]);
    await source.close();
    await postgres.close();
  });

  it('refuses a file that a service works on, and says what to do', async () => {
    const service = await openDatabase(file);
    await expectRefused(/Stop the service first; nothing was changed/);
    await service.close();
  });

  it('refuses a target that has something, and names the table', async () => {
    const postgres = await openDatabase(target);
    await sql`insert into opt_outs (recipient_number, source, opted_out_at) values ('+14155550102', 'api', 1)`.execute(
      postgres.db,
    );
    await postgres.close();
    await expectRefused(/not empty: there are rows in opt_outs/);
  });

  it('refuses wrong addresses', async () => {
    await expectRefused(/no database file .*nowhere\.db/, `${file.url}.nowhere.db`);
    await expectRefused(/cannot be used; nothing was changed/, file.url, 'postgres://postgres@127.0.0.1:1/none');
    const empty = nameSqliteFile();
    const raw = openUnlocked(empty);
    raw.exec('create table something (id integer)');
    raw.close();
    await expectRefused(/holds no database of this service/, empty.url);
    await empty.drop();
  });

  it('refuses a file of an older or of a newer version', async () => {
    const database = await openDatabase(file);
    await sql`update kysely_migration set name = '0099_tomorrow' where name like '0001%'`.execute(database.db);
    await expectRefusedOf(database, /newer version/);
    const again = openUnlocked(file);
    again.exec(`delete from kysely_migration where name = '0099_tomorrow'`);
    again.close();
    await expectRefused(/older version .* start this version on it once/);
  });

  it('takes nothing over that does not add up, and leaves both as they were', async () => {
    const database = await openDatabase(file);
    const [id, people] = ['00000000-0000-4000-8000-000000000001', numbers(3)];
    await storeOn(database).accepting.accept(newBroadcast(id, people, 2));
    await sql`update broadcasts set recipients_queued = 4`.execute(database.db);
    await expectRefusedOf(database, /does not add up .*its counters know 4 people/);
  });

  it('finds out what became of a move that was broken off between its two commits', async () => {
    await move(file.url, target.url);
    const postgres = openDatabaseToRead(target);
    const note = (await readNote(postgres.db))!;
    await postgres.close();
    const raw = openUnlocked(file);
    raw.prepare(`update secrets set value = ? where name = 'move'`).run(JSON.stringify({ ...note, state: 'moving' }));
    raw.close();
    await expect(openDatabase(file)).rejects.toThrow(/broken off: run it again/);
    expect(await move(file.url, target.url)).toContain('carried out before');
    await expect(openDatabase(file)).rejects.toThrow(/has moved to/);
    await expectRefused(/has moved to/);
  });

  it('moves after all where the target got nothing of a broken-off move, and nowhere else', async () => {
    const database = await openDatabase(file);
    const { host, pathname } = new URL(target.url);
    const named = `postgres://${host.includes(':') ? host : `${host}:5432`}${pathname}`;
    const note = { state: 'moving', token: 'lost', at: '2026-01-01T00:00:00.000Z' } as const;
    await noteMove(database.db, { ...note, target: 'postgres://elsewhere:5432/sms' });
    await expectRefusedOf(database, /being moved to postgres:\/\/elsewhere:5432\/sms/);
    const raw = openUnlocked(file);
    raw.prepare(`update secrets set value = ? where name = 'move'`).run(JSON.stringify({ ...note, target: named }));
    raw.close();
    expect(await move(file.url, target.url)).toContain('Everything was moved');
  });

  async function expectRefusedOf(database: { close(): Promise<void> }, told: RegExp): Promise<void> {
    await database.close();
    await expectRefused(told);
  }
});

function openUnlocked({ url }: TestDatabase): LibsqlDatabase.Database {
  return new LibsqlDatabase(url.slice('sqlite:'.length));
}
