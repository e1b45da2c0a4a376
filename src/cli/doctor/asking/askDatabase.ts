import { existsSync } from 'node:fs';
import type { Kysely } from 'kysely';
import { openDatabaseToRead, type Database } from '../../../store/engine/database';
import { schemaStanding } from '../../../store/engine/migrations';
import { createInboundTokenStore } from '../../../store/hearing/inboundTokenStore';
import type { DatabaseFacts } from '../facts';
import { within } from './within';

/** What the database told, and the last segment of the inbound address that it keeps, where it was made already. */
export type DatabaseWord = { readonly facts: DatabaseFacts; readonly inboundToken: string | null };

/** Looks and touches nothing, so that a service of another version may be working on it. Never rejects. */
export async function askDatabase(url: string, timeoutMs: number): Promise<DatabaseWord> {
  const path = url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : null;
  if (path !== null && !existsSync(path))
    return { facts: { kind: 'new', what: `there is no file ${path} yet` }, inboundToken: null };
  let database: Database | null = null;
  try {
    database = openDatabaseToRead({ url });
    return await within(timeoutMs, look(database));
  } catch (error) {
    return { facts: { kind: 'failed', why: whyOf(error) }, inboundToken: null };
  } finally {
    // The end of a connection that never answers is not waited for.
    void database?.close().catch(() => undefined);
  }
}

async function look(database: Database): Promise<DatabaseWord> {
  const { engine } = database;
  const schema = await schemaStanding(database.db as unknown as Kysely<never>, engine);
  if (schema.applied === 0) return { facts: { kind: 'new', what: 'it has no tables yet' }, inboundToken: null };
  // An older schema may have no place for it.
  const inboundToken = await createInboundTokenStore(database)
    .made()
    .catch(() => null);
  return { facts: { kind: 'open', engine: engine.kind === 'sqlite' ? 'SQLite' : 'PostgreSQL', schema }, inboundToken };
}

/** Node puts a failure on several addresses into an error without words. */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it failed';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return error.message === '' ? code : error.message;
}
