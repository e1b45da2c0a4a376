import { sql, type Kysely, type Transaction } from 'kysely';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { mergeOptOuts } from '../state/optOutMerge';

/** A number as it is stored, and where: the key of its row, as text. */
export type StoredNumber = { readonly number: string; readonly place: string };

/** What a stored number is to be called. */
export type Respelling = { readonly from: string; readonly to: string; readonly place: string };

/** A table whose numbers are looked through in the order of their places. */
export type ReviewedTable = {
  readonly table: string;
  /** The numbers behind a place (null: from the beginning), at most `limit`. */
  page(db: Kysely<Schema>, reached: string | null, limit: number): Promise<StoredNumber[]>;
  /** Rows that hold another number by now, or are gone, stay as they are. */
  respell(tx: Transaction<Schema>, engine: Engine, changes: readonly Respelling[]): Promise<void>;
};

const optOuts: ReviewedTable = {
  table: 'opt_outs',
  async page(db, reached, limit) {
    const rows = await db
      .selectFrom('opt_outs')
      .select('recipient_number as number')
      .where('recipient_number', '>', reached ?? '')
      .orderBy('recipient_number')
      .limit(limit)
      .execute();
    return rows.map(({ number }) => ({ number, place: number }));
  },
  respell: mergeOptOuts,
};

/** A table whose numbers say who somebody is: they are written anew. */
const rewritten = (table: string, key: string, column: string): ReviewedTable => ({
  table,
  async page(db, reached, limit) {
    const found = await sql<StoredNumber>`
      select ${sql.ref(column)} as number, cast(${sql.ref(key)} as text) as place from ${sql.table(table)}
      where ${sql.ref(key)} > ${Number(reached ?? 0)} order by ${sql.ref(key)} limit ${limit}`.execute(db);
    return found.rows;
  },
  async respell(tx, engine, changes) {
    const rows = changes.map(({ from, to, place }) => ({ row_key: Number(place), from_number: from, to_number: to }));
    const columns = { row_key: 'bigint', from_number: 'text', to_number: 'text' } as const;
    await sql`
      update ${sql.table(table)} set ${sql.ref(column)} = p.to_number from ${engine.recordRows(rows, columns)} as p
      where ${sql.ref(table)}.${sql.ref(key)} = p.row_key
        and ${sql.ref(table)}.${sql.ref(column)} = p.from_number`.execute(tx);
  },
});

type RowPlace = readonly [broadcastKey: number, batch: number, position: number];
const placeOf = (text: string | null): RowPlace => (text === null ? [0, 0, -1] : (JSON.parse(text) as RowPlace));

/** By the primary key alone: by their number as well, PostgreSQL took a hash join over the whole table. */
const recipients: ReviewedTable = {
  table: 'broadcast_recipients',
  async page(db, reached, limit) {
    const [key, batch, position] = placeOf(reached);
    const found = await sql<{ number: string; key: number; batch: number; position: number }>`
      select recipient_number as number, broadcast_key as key, batch_number as batch, position from broadcast_recipients
      where (broadcast_key, batch_number, position) > (${key}, ${batch}, ${position})
      order by broadcast_key, batch_number, position limit ${limit}`.execute(db);
    return found.rows.map((row) => ({ number: row.number, place: JSON.stringify([row.key, row.batch, row.position]) }));
  },
  async respell(tx, engine, changes) {
    const rows = changes.map(({ to, place }) => {
      const [broadcast_key, batch_number, position] = placeOf(place);
      return { broadcast_key, batch_number, position, to_number: to };
    });
    const columns = {
      broadcast_key: 'bigint',
      batch_number: 'integer',
      position: 'integer',
      to_number: 'text',
    } as const;
    await sql`
      update broadcast_recipients set canonical_number = p.to_number from ${engine.recordRows(rows, columns)} as p
      where broadcast_recipients.broadcast_key = p.broadcast_key and broadcast_recipients.batch_number = p.batch_number
        and broadcast_recipients.position = p.position
        and broadcast_recipients.canonical_number is distinct from p.to_number`.execute(tx);
  },
};

export const REVIEWED_TABLES: readonly ReviewedTable[] = [
  optOuts,
  rewritten('opt_out_events', 'event_key', 'recipient_number'),
  rewritten('inbound_messages', 'inbound_key', 'from_number'),
  recipients,
];
