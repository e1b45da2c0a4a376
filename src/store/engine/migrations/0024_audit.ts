import { type Kysely, sql } from 'kysely';
import type { Engine } from '../engine';

/** Who changed what. Rows come and, when they are old, go; the database lets nobody change one. */
export const keepAudit = (engine: Engine) => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const isPostgres = engine.kind === 'postgres';
    const identity = isPostgres
      ? 'bigint generated always as identity primary key'
      : 'integer primary key autoincrement';
    const statements = [
      `create table audit_log (
        audit_key ${identity},
        at bigint not null,
        actor_id text,
        actor_name text,
        address text,
        request_id text,
        action text not null,
        subject text not null,
        details text not null
      )`,
      ...(isPostgres ? REFUSE_ON_POSTGRES : REFUSE_ON_SQLITE),
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});

const REFUSE_ON_SQLITE = [
  `create trigger audit_log_stays before update on audit_log
    begin select raise(abort, 'The audit log is not changed.'); end`,
];

const REFUSE_ON_POSTGRES = [
  `create function audit_log_stays() returns trigger language plpgsql as
    $$ begin raise exception 'The audit log is not changed.'; end $$`,
  'create trigger audit_log_stays before update on audit_log for each row execute function audit_log_stays()',
];
