import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { BATCH_STATUSES } from '../../src/domain/states/batchState';
import { BROADCAST_STATUSES } from '../../src/domain/states/broadcastState';
import { CANARY_STATUSES } from '../../src/domain/states/canaryState';
import { RECIPIENT_STATUSES } from '../../src/domain/states/recipientState';
import { DELIVERY_STATUSES } from '../../src/domain/states/webhookEvent';
import { openDatabase, type Database } from '../../src/store/engine/database';
import { nameSqliteFile, type TestDatabase } from '../support/testDatabase';
import { projectFile, ROOT } from './projectFile';

describe('the schema', () => {
  let file: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    file = nameSqliteFile();
    database = await openDatabase({ url: file.url });
  });
  afterAll(async () => {
    await database.close();
    await file.drop();
  });

  it.each([
    ['broadcasts', BROADCAST_STATUSES],
    ['batches', BATCH_STATUSES],
    ['broadcast_recipients', RECIPIENT_STATUSES],
    ['webhook_deliveries', DELIVERY_STATUSES],
  ] as const)('of %s allows exactly the states of the domain', async (table, statuses) => {
    const found = await sql<{ sql: string }>`select sql from sqlite_master where name = ${table}`.execute(database.db);
    const [, list = ''] = /\bstatus text not null check \(status in\s*\(([^)]*)\)\)/.exec(found.rows[0]!.sql) ?? [];
    expect(list.split(',').map((name) => name.trim().replaceAll("'", ''))).toEqual([...statuses]);
  });

  it('allows exactly the states of a canary', async () => {
    const found = await sql<{ sql: string }>`select sql from sqlite_master where name = 'broadcasts'`.execute(
      database.db,
    );
    const [, list = ''] = /check \(canary_state in\s*\(([^)]*)\)\)/.exec(found.rows[0]!.sql) ?? [];
    expect(list.split(',').map((name) => name.trim().replaceAll("'", ''))).toEqual([...CANARY_STATUSES]);
  });
});

describe('the migrations', () => {
  const files = readdirSync(join(ROOT, 'src/store/engine/migrations')).filter((name) => name !== 'index.ts');
  const names = files.map((name) => name.replace(/\.ts$/, '')).sort();

  it('are numbered from 0001 on without a gap', () => {
    expect(names.map((name) => Number(/^(\d{4})_[a-z0-9_]+$/.exec(name)?.[1]))).toEqual(
      names.map((_, index) => index + 1),
    );
  });

  it('are all listed, in their order', () => {
    const listed = [...projectFile('src/store/engine/migrations/index.ts').matchAll(/^ {2}'(\d{4}_\w+)':/gm)];
    expect(listed.map(([, name]) => name)).toEqual(names);
  });
});
