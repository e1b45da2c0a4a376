import { randomBytes } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { inheritedEnv } from '../../config/env';
import { temporaryFolder } from './temporaryFolder';

export type EngineName = 'sqlite' | 'postgres';

/** An empty database that goes away with the measurement. */
export type ScratchDatabase = {
  /** As `DATABASE_URL` has it. */
  readonly url: string;
  sizeMb(): Promise<number>;
  close(): Promise<void>;
};

const MEBIBYTE = 1024 ** 2;

/** Those that are still there, to be dropped when the bench is interrupted. */
const open = new Set<ScratchDatabase>();

export async function dropAllScratch(): Promise<void> {
  await Promise.allSettled([...open].map((database) => database.close()));
}

/** Where DATABASE_URL says that a PostgreSQL is; null where it says nothing of one. */
export function postgresServer(): string | null {
  const url = inheritedEnv()['DATABASE_URL'];
  return url !== undefined && /^postgres(ql)?:/.test(url) ? url : null;
}

/** `server`: where PostgreSQL is; SQLite needs none. */
export async function createScratch(engine: EngineName, server: string | null): Promise<ScratchDatabase> {
  const database = engine === 'sqlite' ? createSqlite() : await createPostgres(server);
  const scratch: ScratchDatabase = {
    ...database,
    async close() {
      if (open.delete(scratch)) await database.close();
    },
  };
  open.add(scratch);
  return scratch;
}

function createSqlite(): ScratchDatabase {
  const folder = temporaryFolder('database');
  const file = join(folder, 'bench.db');
  const size = (name: string) => statSync(name, { throwIfNoEntry: false })?.size ?? 0;
  return {
    url: `sqlite:${file}`,
    sizeMb: () => Promise.resolve((size(file) + size(`${file}-wal`)) / MEBIBYTE),
    close() {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

async function createPostgres(server: string | null): Promise<ScratchDatabase> {
  if (server === null) throw new Error('PostgreSQL needs DATABASE_URL=postgres://…');
  const name = `broadcaster_bench_${randomBytes(6).toString('hex')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  await onServer(server, (client) => client.query(`create database ${name}`));
  return {
    url: url.href,
    sizeMb: () =>
      onServer(server, async (client) => {
        const { rows } = await client.query<{ size: string }>('select pg_database_size($1) as size', [name]);
        return Number(rows[0]?.size ?? 0) / MEBIBYTE;
      }),
    async close() {
      await onServer(server, (client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
}

/** A connection of its own: there is none that a long measurement could lose. */
async function onServer<T>(server: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
