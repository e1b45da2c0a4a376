import { type Kysely, sql } from 'kysely';
import type { Engine } from '../engine';

/** How often somebody asked or failed to sign in within a window, where several instances have to agree on it. */
export const countRequests = (engine: Engine) => ({
  async up(db: Kysely<unknown>): Promise<void> {
    // A crash of the server may empty it: then all begin anew, as they do in memory after a restart.
    const kind = engine.kind === 'postgres' ? 'unlogged table' : 'table';
    await sql
      .raw(`create ${kind} request_counts (whose text primary key, hits integer not null, ends_at bigint not null)`)
      .execute(db);
    await sql`create index request_counts_over on request_counts (ends_at)`.execute(db);
  },
});
