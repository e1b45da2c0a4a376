import { sql } from 'kysely';
import type { AuditAction } from '../../domain/access/audit';
import type { Database } from '../engine/database';
import { pageOf, type Page } from '../engine/page';

/** Who changed what; `at` in milliseconds since 1970. */
export type AuditEntry = {
  readonly number: number;
  readonly at: number;
  /** Null where the service itself did it, or nobody had to say who they are. */
  readonly who: string | null;
  /** A caller's id, as another may have the same name; null as there. */
  readonly whoId: string | null;
  readonly action: AuditAction;
  readonly subject: string;
  readonly address: string | null;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
};

export type AuditStore = {
  /** Latest first, after the one with the given number. */
  list(query: { limit: number; after: number | null }): Promise<Page<AuditEntry>>;
  /** Removes a little of what is older; returns false where nothing is left to remove. */
  removeOld(ageMs: number): Promise<boolean>;
};

const ROWS_AT_ONCE = 2000;

type Row = {
  readonly audit_key: number;
  readonly at: number;
  readonly actor_id: string | null;
  readonly actor_name: string | null;
  readonly address: string | null;
  readonly request_id: string | null;
  readonly action: AuditAction;
  readonly subject: string;
  readonly details: string;
};

export function createAuditStore({ db, engine }: Database): AuditStore {
  return {
    async list({ limit, after }) {
      const found = await sql<Row>`
        select * from audit_log ${after === null ? sql`` : sql`where audit_key < ${after}`}
        order by audit_key desc limit ${limit + 1}`.execute(db);
      return pageOf(found.rows.map(toEntry), limit, ({ number }) => number);
    },

    // The oldest come first by their key, so that the search ends with the first that is to stay.
    async removeOld(ageMs) {
      const removed = await sql`
        delete from audit_log where audit_key in (
          select audit_key from (
            select audit_key, at from audit_log order by audit_key limit ${ROWS_AT_ONCE}) as oldest
          where at < ${engine.now} - ${ageMs})`.execute(db);
      return (removed.numAffectedRows ?? 0n) > 0n;
    },
  };
}

const toEntry = (row: Row): AuditEntry => ({
  number: row.audit_key,
  at: row.at,
  who: row.actor_name,
  whoId: row.actor_id,
  action: row.action,
  subject: row.subject,
  address: row.address,
  requestId: row.request_id,
  details: JSON.parse(row.details) as Record<string, unknown>,
});
