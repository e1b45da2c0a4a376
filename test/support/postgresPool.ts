import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { openDatabase } from '../../src/store/engine/database';
import { postgresServerUrl, runName } from './environment';
import type { TestDatabase } from './testDatabase';

/**
 * One that grew beyond this was used by a test of many thousand people, or often. To empty it takes longer than to make another,
 * and PostgreSQL, which may take it for empty though it is large, was seen to compare each row with each.
 */
const LARGE_BYTES = 16_000_000;

type Pooled = {
  readonly name: string;
  readonly url: string;
  readonly seeds: readonly Seed[];
  /** Empties it: one that stays open knows its tables, and takes 20 ms; three new ones took 140. */
  readonly keeper: pg.Client;
};
/** What the migrations wrote into a table, as JSON. */
type Seed = { readonly table: string; readonly rows: string };

const POOL: unique symbol = Symbol.for('databases of this worker that no test uses');
const worker = globalThis as { [POOL]?: Pooled[] | undefined };
const pool = (worker[POOL] ??= []);

/**
 * A database with the tables of today and nothing in them. To create, migrate and drop one takes longer than most tests, so
 * that a worker empties those it has and uses them again, for all its suites; the end of the run drops them. `sorts`: whether
 * PostgreSQL may sort where an index has the order.
 */
export async function takePostgresDatabase({ sorts }: { readonly sorts: boolean }): Promise<TestDatabase> {
  const taken = pool.pop() ?? (await createPooled());
  if (!sorts) await onServer(`alter database ${taken.name} set enable_sort = off`);
  return {
    url: taken.url,
    async drop() {
      if (!sorts) await onServer(`alter database ${taken.name} reset enable_sort`);
      await giveBack(taken);
    },
  };
}

/** A database without tables. */
export async function createEmptyPostgres(): Promise<TestDatabase> {
  const { name, url } = await createEmpty();
  return { url, drop: () => onServer(`drop database if exists ${name} with (force)`) };
}

async function createEmpty(): Promise<Pick<Pooled, 'name' | 'url'>> {
  const name = `${runName()}_${randomBytes(6).toString('hex')}`;
  await onServer(`create database ${name}`);
  // No test cuts the power.
  await onServer(`alter database ${name} set synchronous_commit = off`);
  const url = new URL(postgresServerUrl() ?? '');
  url.pathname = `/${name}`;
  return { name, url: url.href };
}

async function createPooled(): Promise<Pooled> {
  const { name, url } = await createEmpty();
  const database = await openDatabase({ url });
  await database.close();
  const keeper = new pg.Client({ connectionString: url });
  keeper.on('error', () => undefined);
  await keeper.connect();
  // It keeps no suite from its end, and no worker.
  (keeper as pg.Client & { unref(): void }).unref();
  return { name, url, seeds: await seedsOf(url), keeper };
}

async function seedsOf(url: string): Promise<Seed[]> {
  return await connected(url, async (client) => {
    const seeds: Seed[] = [];
    for (const table of await tablesOf(client)) {
      const { rows } = await client.query<{ rows: string | null }>(`select json_agg(t)::text as rows from ${table} t`);
      const json = rows[0]?.rows ?? null;
      if (json !== null) seeds.push({ table, rows: json });
    }
    return seeds;
  });
}

async function giveBack(used: Pooled): Promise<void> {
  if (await emptied(used).catch(() => false)) {
    pool.push(used);
    return;
  }
  void used.keeper.end().catch(() => undefined);
  await onServer(`drop database if exists ${used.name} with (force)`);
}

/** Returns false where that would take long. */
async function emptied({ keeper, seeds }: Pooled): Promise<boolean> {
  // What a service that crashed on purpose still does is over now.
  const { rows } = await keeper.query<{ bytes: string }>(
    `select pg_database_size(current_database()) as bytes, (
      select count(pg_terminate_backend(pid)) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid())`,
  );
  if (Number(rows[0]?.bytes) > LARGE_BYTES) return false;
  // Truncating would give each table and index a new file.
  const deletes = (await tablesOf(keeper)).map((table) => `delete from ${table};`).join(' ');
  await keeper.query(`begin; ${deletes} select setval(oid::regclass, 1, false) from pg_class where relkind = 'S'`);
  for (const { table, rows: json } of seeds)
    await keeper.query(`insert into ${table} select * from json_populate_recordset(null::${table}, $1)`, [json]);
  await keeper.query('commit');
  return true;
}

/** Those that refer to others before these. */
async function tablesOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class
      where relkind = 'r' and relnamespace = 'public'::regnamespace order by oid desc`,
  );
  return rows.map(({ name }) => name);
}

async function onServer(statement: string): Promise<void> {
  await connected(postgresServerUrl() ?? '', (client) => client.query(statement));
}

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
