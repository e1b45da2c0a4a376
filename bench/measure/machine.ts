import { readFileSync, statfsSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem, type as systemName } from 'node:os';
import LibsqlDatabase from 'libsql';
import pg from 'pg';

const GIBIBYTE = 1024 ** 3;
/** statfs(2). */
const TMPFS = 0x01021994;

/** What the figures were measured on, as lines for people. `server`: where PostgreSQL is, null where it took no part. */
export async function describeMachine(server: string | null): Promise<string[]> {
  const processors = cpus();
  return [
    `${processors.length} cores (${processorName(processors[0]?.model)}), ${(totalmem() / GIBIBYTE).toFixed(0)} GiB of memory, ${systemName()} ${release()}`,
    `Node ${process.versions.node}, SQLite ${sqliteVersion()}${server === null ? '' : `, PostgreSQL ${await postgresVersion(server)}`}`,
    `SQLite files in ${isInMemory(tmpdir()) ? 'memory (tmpfs: commits cost nothing there, figures are too good)' : 'a folder on a disk'}`,
  ];
}

function processorName(model: string | undefined): string {
  const name = model?.trim() ?? '';
  if (name !== '' && name !== 'unknown') return name;
  try {
    return /^model name\s*:\s*(.+)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'of an unknown kind';
  } catch {
    return 'of an unknown kind';
  }
}

function sqliteVersion(): string {
  const database = new LibsqlDatabase(':memory:');
  const row = database.prepare('select sqlite_version() as version').get() as { version: string };
  database.close();
  return row.version;
}

async function postgresVersion(server: string): Promise<string> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('show server_version');
  await client.end();
  return rows[0]?.server_version.split(' ')[0] ?? 'unknown';
}

function isInMemory(folder: string): boolean {
  try {
    return statfsSync(folder).type === TMPFS;
  } catch {
    return false;
  }
}
