import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/store/engine/database';
import { onlyEngine, postgresServerUrl } from './environment';
import { takePostgresDatabase } from './postgresPool';

export type EngineName = 'sqlite' | 'postgres';

/** The engines that a suite runs on: `describe.each(ENGINES)`. */
const available: EngineName[] = postgresServerUrl() === undefined ? ['sqlite'] : ['sqlite', 'postgres'];
export const ENGINES: EngineName[] = available.filter((engine) => (onlyEngine() ?? engine) === engine);

export type TestDatabase = { readonly url: string; drop(): Promise<void> };

/** A database of the test's own, with the tables of today and nothing in them. */
export async function createTestDatabase(
  engine: EngineName,
  { sorts = true }: { readonly sorts?: boolean } = {},
): Promise<TestDatabase> {
  if (engine === 'postgres') return await takePostgresDatabase({ sorts });
  const file = nameSqliteFile();
  for (const [suffix, content] of await migratedFiles()) writeFileSync(`${pathOf(file)}${suffix}`, content);
  return file;
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

/** The place of an SQLite file of the test's own, which is not there yet. */
export function nameSqliteFile(): TestDatabase {
  const folder = mkdtempSync(join(FOLDER, 'broadcaster-'));
  return {
    url: `sqlite:${join(folder, 'test.db')}`,
    drop() {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

const pathOf = ({ url }: TestDatabase): string => url.slice('sqlite:'.length);

let migrated: Promise<readonly Written[]> | null = null;

/** What a path is followed by, and what stands there. */
type Written = readonly [suffix: string, content: Buffer];

/** To migrate takes 40 ms of processor time and gives the same each time: a suite does so once. Most of it stands in the log beside the file. */
function migratedFiles(): Promise<readonly Written[]> {
  return (migrated ??= (async () => {
    const file = nameSqliteFile();
    const database = await openDatabase({ url: file.url });
    await database.close();
    const written = ['', '-wal']
      .filter((suffix) => existsSync(`${pathOf(file)}${suffix}`))
      .map((suffix): Written => [suffix, readFileSync(`${pathOf(file)}${suffix}`)]);
    await file.drop();
    return written;
  })());
}
