import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import LibsqlDatabase from 'libsql';
import pg from 'pg';

export type EngineName = 'sqlite' | 'postgres';

/**
 * A database made for the test, and what the test does to it. Two calls let time pass that would only be waited for: a
 * minute of Plivo's list limit, and the lease of a process that is surely dead.
 */
export type ScratchDatabase = {
  readonly engine: EngineName;
  readonly url: string;
  /** SQLite allows it only while the service is down: another writer would disturb it in ways that are none of its own. */
  forgetListRequests(isServiceDown: boolean): Promise<void>;
  /** Whether Plivo's list limit is used up, so that nothing goes on before a minute is over. */
  isListUsedUp(): boolean;
  /** PostgreSQL only: SQLite's one process takes over the leases of the dead at its start. */
  endLeasesOf(deadPid: number): Promise<void>;
  /** PostgreSQL only: every connection of the service breaks. */
  breakConnections(): Promise<void>;
  drop(): Promise<void>;
};

/** What the service allows itself of Plivo's 20 a minute. */
const LIST_REQUESTS = 18;

export function createSqliteScratch(folder: string): ScratchDatabase {
  const path = join(folder, 'crash.db');
  return {
    engine: 'sqlite',
    url: `sqlite:${path}`,
    forgetListRequests(isServiceDown) {
      if (isServiceDown && existsSync(path)) {
        const file = new LibsqlDatabase(path);
        file.exec(`update pacing set list_requests = '[]'`);
        file.close();
      }
      return Promise.resolve();
    },
    isListUsedUp() {
      const file = new LibsqlDatabase(path);
      file.exec('pragma query_only = on');
      const row = file.prepare('select list_requests from pacing').get() as { list_requests: string };
      file.close();
      return (JSON.parse(row.list_requests) as unknown[]).length >= LIST_REQUESTS;
    },
    endLeasesOf: () => Promise.resolve(),
    breakConnections: () => Promise.resolve(),
    // It goes with its folder.
    drop: () => Promise.resolve(),
  };
}

export async function createPostgresScratch(server: string): Promise<ScratchDatabase> {
  const name = `broadcaster_crash_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  await admin.query(`create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 2, application_name: 'crash-test' });
  pool.on('error', () => undefined);
  return {
    engine: 'postgres',
    url: url.href,
    async forgetListRequests() {
      // Before the first start there is no such table.
      await pool.query(`update pacing set list_requests = '[]' where list_requests <> '[]'`).catch(() => undefined);
    },
    // They are forgotten all the time.
    isListUsedUp: () => false,
    async endLeasesOf(deadPid) {
      const held = await pool.query<{ broadcast_key: string; number: number }>(
        `select broadcast_key, number from batches where status = 'sending' and lease_owner like $1`,
        [`%/${deadPid}/%`],
      );
      // One by one: the service locks batches in an order, and a statement over many could deadlock with it.
      for (const { broadcast_key: key, number } of held.rows) {
        await pool.query(
          `update batches set lease_expires_at = 0
           where broadcast_key = $1 and number = $2 and status = 'sending' and lease_owner like $3`,
          [key, number, `%/${deadPid}/%`],
        );
      }
    },
    async breakConnections() {
      await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = $1 and application_name <> 'crash-test'`,
        [name],
      );
    },
    async drop() {
      await pool.end();
      await admin.query(`drop database if exists ${name} with (force)`);
      await admin.end();
    },
  };
}
