import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import pg from 'pg';
import { postgresServerUrl } from './environment';

export type DatabaseCopy = { readonly url: string; drop(): Promise<void> };

/** A back-up of a database that nobody has open, as another one. */
export async function copyDatabase(url: string): Promise<DatabaseCopy> {
  return url.startsWith('sqlite:') ? copyFile(url.slice('sqlite:'.length)) : await copyOnServer(new URL(url));
}

function copyFile(path: string): DatabaseCopy {
  const folder = mkdtempSync(`${dirname(path)}-copy-`);
  cpSync(dirname(path), folder, { recursive: true });
  return {
    url: `sqlite:${join(folder, basename(path))}`,
    drop() {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

async function copyOnServer(url: URL): Promise<DatabaseCopy> {
  const original = url.pathname.slice(1);
  const copy = new URL(url);
  copy.pathname = `/${original}_copy`;
  // PostgreSQL copies no database that anybody has open, and its keeper has: see postgresPool.ts.
  await onServer(`select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '${original}'`);
  await onServer(`create database ${original}_copy template ${original}`);
  return { url: copy.href, drop: () => onServer(`drop database ${original}_copy with (force)`) };
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresServerUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
