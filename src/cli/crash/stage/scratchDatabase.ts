import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';

export type EngineName = 'sqlite' | 'postgres';

/** A database made for the test, and what the test does to it. */
export type ScratchDatabase = {
  readonly engine: EngineName;
  readonly url: string;
  /**
   * Lets time pass that would only be waited for: the leases of a process that is surely dead end at once. PostgreSQL
   * only: SQLite's one process takes over the leases of the dead at its start.
   */
  endLeasesOf(deadPid: number): Promise<void>;
  /** PostgreSQL only: every connection of the service breaks. */
  breakConnections(): Promise<void>;
  drop(): Promise<void>;
};

export function createSqliteScratch(folder: string): ScratchDatabase {
  return {
    engine: 'sqlite',
    url: `sqlite:${join(folder, 'crash.db')}`,
    endLeasesOf: () => Promise.resolve(),
    breakConnections: () => Promise.resolve(),
    // It goes with its folder.
    drop: () => Promise.resolve(),
  };
}

/** So that the test does not break its own. */
const OWN_NAME = 'crash-test';

export async function createPostgresScratch(server: string): Promise<ScratchDatabase> {
  const name = `broadcaster_crash_${randomBytes(6).toString('hex')}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 2, application_name: OWN_NAME });
  // The server may be restarted.
  pool.on('error', () => undefined);
  return {
    engine: 'postgres',
    url: url.href,
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
    breakConnections: () =>
      onServer(
        server,
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = '${name}' and application_name <> '${OWN_NAME}'`,
      ),
    async drop() {
      await pool.end();
      await onServer(server, `drop database if exists ${name} with (force)`);
    },
  };
}

async function onServer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server, application_name: OWN_NAME });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
