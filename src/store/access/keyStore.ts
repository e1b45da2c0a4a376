import { sql } from 'kysely';
import { scopesAmong, type Scope } from '../../domain/access/scopes';
import { inTransaction, type Database } from '../engine/database';
import { record } from './auditLog';
import type { Engine } from '../engine/engine';
import { pageOf, type Page } from '../engine/page';

/** A key without what opens the door. Times in milliseconds since 1970. */
export type ApiKey = {
  readonly number: number;
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly ownOnly: boolean;
  readonly dailyRecipients: number | null;
  /** The first characters of the key. */
  readonly prefix: string;
  readonly createdAt: number;
  readonly createdBy: string | null;
  /** To the minute. */
  readonly lastUsedAt: number | null;
  /** Until when the secret before this one works, where it was rotated. */
  readonly previousUntil: number | null;
};

export type NewKey = Pick<ApiKey, 'id' | 'name' | 'scopes' | 'ownOnly' | 'dailyRecipients' | 'prefix' | 'createdBy'> & {
  readonly hash: string;
};

export type KeyStore = {
  /** The key with this secret, or with this one before its rotation and within its time. */
  findByHash(hash: string): Promise<ApiKey | null>;
  find(id: string): Promise<ApiKey | null>;
  /** Latest first, without those that were revoked. */
  list(query: { limit: number; after: number | null }): Promise<Page<ApiKey>>;
  /** Null where another key has the name. */
  create(key: NewKey): Promise<ApiKey | null>;
  /** The secret there was works for so much longer. Null where there is no such key. */
  rotate(id: string, to: { hash: string; prefix: string; overlapMs: number }): Promise<ApiKey | null>;
  /** Returns false where there is no such key. */
  revoke(id: string): Promise<boolean>;
  /** Writes down that it is in use, unless that was written within so many milliseconds. */
  noteUse(id: string, everyMs: number): Promise<void>;
};

export function createKeyStore(database: Database): KeyStore {
  const { db, engine } = database;
  const one = async (which: ReturnType<typeof sql>): Promise<ApiKey | null> => {
    const found = await sql<KeyRow>`select * from api_keys where revoked_at is null and ${which}`.execute(db);
    return found.rows[0] === undefined ? null : toKey(found.rows[0]);
  };
  return {
    findByHash: (hash) =>
      one(sql`(secret_hash = ${hash} or (previous_hash = ${hash} and previous_until > ${engine.now}))`),

    find: (id) => one(sql`id = ${id}`),

    async list({ limit, after }) {
      const found = await sql<KeyRow>`
        select * from api_keys where revoked_at is null ${after === null ? sql`` : sql`and key_number < ${after}`}
        order by key_number desc limit ${limit + 1}`.execute(db);
      return pageOf(found.rows.map(toKey), limit, ({ number }) => number);
    },

    create: (key) =>
      inTransaction(db, async (tx) => {
        const created = await sql<KeyRow>`
          insert into api_keys (id, name, scopes, own_only, daily_recipients, secret_hash, prefix, created_at, created_by)
          values (${key.id}, ${key.name}, ${key.scopes.join(' ')}, ${Number(key.ownOnly)}, ${key.dailyRecipients},
            ${key.hash}, ${key.prefix}, ${engine.now}, ${key.createdBy})
          on conflict do nothing returning *`.execute(tx);
        const made = firstOf(created.rows);
        const { name, scopes, ownOnly, dailyRecipients } = key;
        const details = { name, scopes, ownOnly, dailyRecipients };
        if (made !== null) await record(tx, engine, { action: 'key.created', subject: key.id, details });
        return made;
      }),

    rotate: (id, { hash, prefix, overlapMs }) =>
      inTransaction(db, async (tx) => {
        const rotated = await sql<KeyRow>`
          update api_keys set previous_hash = secret_hash, previous_until = ${later(engine, overlapMs)},
            secret_hash = ${hash}, prefix = ${prefix}
          where id = ${id} and revoked_at is null returning *`.execute(tx);
        const key = firstOf(rotated.rows);
        if (key !== null) await record(tx, engine, { action: 'key.rotated', subject: id, details: { name: key.name } });
        return key;
      }),

    revoke: (id) =>
      inTransaction(db, async (tx) => {
        const revoked = await sql<KeyRow>`
          update api_keys set revoked_at = ${engine.now}, previous_hash = null, previous_until = null
          where id = ${id} and revoked_at is null returning *`.execute(tx);
        const [key] = revoked.rows;
        if (key !== undefined)
          await record(tx, engine, { action: 'key.revoked', subject: id, details: { name: key.name } });
        return key !== undefined;
      }),

    async noteUse(id, everyMs) {
      await sql`
        update api_keys set last_used_at = ${engine.now}
        where id = ${id} and (last_used_at is null or last_used_at <= ${engine.now} - ${everyMs})`.execute(db);
    },
  };
}

const later = (engine: Engine, ms: number) => sql`${engine.now} + ${ms}`;

type KeyRow = {
  readonly key_number: number;
  readonly id: string;
  readonly name: string;
  readonly scopes: string;
  readonly own_only: number;
  readonly daily_recipients: number | null;
  readonly prefix: string;
  readonly created_at: number;
  readonly created_by: string | null;
  readonly last_used_at: number | null;
  readonly previous_until: number | null;
};

const firstOf = ([row]: readonly KeyRow[]): ApiKey | null => (row === undefined ? null : toKey(row));

const toKey = (row: KeyRow): ApiKey => ({
  number: row.key_number,
  id: row.id,
  name: row.name,
  scopes: scopesAmong(row.scopes.split(' ')),
  ownOnly: row.own_only === 1,
  dailyRecipients: row.daily_recipients,
  prefix: row.prefix,
  createdAt: row.created_at,
  createdBy: row.created_by,
  lastUsedAt: row.last_used_at,
  previousUntil: row.previous_until,
});
