import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { onlyEngine, postgresServerUrl } from './environment';

export type EngineName = 'sqlite' | 'postgres';

/** The engines that a suite runs on: `describe.each(ENGINES)`. */
const available: EngineName[] = postgresServerUrl() === undefined ? ['sqlite'] : ['sqlite', 'postgres'];
export const ENGINES: EngineName[] = available.filter((engine) => (onlyEngine() ?? engine) === engine);

export type TestDatabase = { readonly url: string; drop(): Promise<void> };

/** A database of the test's own, empty. */
export async function createTestDatabase(
  engine: EngineName,
  { sorts = true }: { readonly sorts?: boolean } = {},
): Promise<TestDatabase> {
  return engine === 'sqlite' ? createSqliteFile() : await createPostgresDatabase(sorts);
}

/**
 * In memory where the system has a folder there with room: every commit waits for the disk, half of the time of a run, and
 * no suite cuts the power. Containers often have a small one, in which 100,000 recipients might not fit.
 */
function folderForFiles(): string {
  try {
    accessSync(IN_MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    return bavail * bsize >= ENOUGH_BYTES ? IN_MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}

const IN_MEMORY = '/dev/shm';
const ENOUGH_BYTES = 1_000_000_000;
const FOLDER = folderForFiles();

function createSqliteFile(): TestDatabase {
  const folder = mkdtempSync(join(FOLDER, 'broadcaster-'));
  return {
    url: `sqlite:${join(folder, 'test.db')}`,
    drop() {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

/** `sorts`: whether PostgreSQL may sort where an index has the order. */
async function createPostgresDatabase(sorts: boolean): Promise<TestDatabase> {
  const server = postgresServerUrl() ?? '';
  const name = `broadcaster_test_${randomBytes(6).toString('hex')}`;
  await runOnServer(server, `create database ${name}`);
  if (!sorts) await runOnServer(server, `alter database ${name} set enable_sort = off`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => runOnServer(server, `drop database if exists ${name} with (force)`) };
}

async function runOnServer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
