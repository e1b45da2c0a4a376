import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import type { Engine } from '../engine/engine';
import type { BroadcastsTable, Schema } from '../engine/schema';

/** All broadcasts that were made of one: itself, its retries, and theirs. */
export type RetryFamily = {
  readonly rootKey: number;
  /** The one that asks about the others; null for all of them. */
  readonly except: number | null;
};

type FamilyColumns = Pick<BroadcastsTable, 'retry_of_key' | 'retry_root_key' | 'retried'> & {
  readonly broadcast_key: number;
};

/** The key of the broadcast that it and all like it were made of; null where nothing was. */
export const rootOf = (row: FamilyColumns): number | null =>
  row.retry_root_key ?? row.retry_of_key ?? (row.retried === 1 ? row.broadcast_key : null);

/** Namespace of the locks below, beside those of texts. */
const LOCKS = 18;
const LARGEST_LOCK = 2_147_483_647;

/**
 * Who of these people was reached by another broadcast of the family, or may be: whatever was retried, a late report may
 * prove it sent. Claims of one family wait for each other on PostgreSQL, so that two of them do not overlook each other.
 * `phones` are canonical.
 */
export async function reachedByFamily(
  tx: Transaction<Schema>,
  engine: Engine,
  family: RetryFamily | null,
  phones: readonly string[],
): Promise<string[]> {
  if (family === null) return [];
  if (engine.kind === 'postgres')
    await sql`select pg_advisory_xact_lock(${LOCKS}::int, ${family.rootKey % LARGEST_LOCK}::int)`.execute(tx);
  return await wereReachedByFamily(tx, engine, family, phones);
}

/** As `reachedByFamily`, where nothing hangs on two of them at the same moment. */
export async function wereReachedByFamily(
  db: Kysely<Schema>,
  engine: Engine,
  { rootKey, except }: RetryFamily,
  phones: readonly string[],
): Promise<string[]> {
  const members = await sql<{ broadcast_key: number }>`
    select broadcast_key from broadcasts where broadcast_key = ${rootKey}
    union select broadcast_key from broadcasts where retry_root_key = ${rootKey}`.execute(db);
  const keys = members.rows.map((row) => row.broadcast_key).filter((key) => key !== except);
  if (keys.length === 0 || phones.length === 0) return [];
  const isReached = (column: string, key: RawBuilder<unknown>) => sql`exists (
    select 1 from broadcast_recipients o where ${sql.ref(`o.${column}`)} = r.value and ${key} in (${sql.join(keys)})
      and (o.status in ('queued', 'sent', 'delivered', 'unknown') or o.second_message_uuid is not null))`;
  // Of other spellings there are few: without the sum, SQLite would read everybody of the broadcasts for each person.
  const found = await sql<{ value: string }>`
    select r.value from ${engine.stringRows(phones)} as r
    where ${isReached('recipient_number', sql`o.broadcast_key`)}
      or ${isReached('canonical_number', sql`o.broadcast_key + 0`)}`.execute(db);
  return found.rows.map((row) => row.value);
}
