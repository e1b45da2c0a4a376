import { type Kysely, sql } from 'kysely';
import type { ColumnType } from '../engine/columnType';
import type { Schema } from '../engine/schema';

/** A table of the schema, as the target's own catalogue has it. */
export type MovedTable = {
  readonly name: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** The columns of the primary key, in its order. */
  readonly key: readonly string[];
  /** The column that numbers the rows by itself, where one does. */
  readonly identity: string | null;
};

/** Kysely's own: which steps of the schema are done. */
const isKyselys = (table: string) => table.startsWith('kysely_');

type Column = { table: string; name: string; type: string; identity: boolean; generated: boolean };

/** The tables of a PostgreSQL database, those that others refer to before these. Nothing is listed here: a table of tomorrow is in it. */
export async function tablesOfTarget(db: Kysely<Schema>): Promise<MovedTable[]> {
  const columns = await columnsOf(db);
  const keys = await keysOf(db);
  const names = [...new Set(columns.map(({ table }) => table))];
  return parentsFirst(names, await referencesOf(db)).map((name) => {
    const own = columns.filter(({ table, generated }) => table === name && !generated);
    return {
      name,
      columns: Object.fromEntries(own.map((column) => [column.name, columnType(column)])),
      key: keys.filter(({ table }) => table === name).map(({ column }) => column),
      identity: own.find(({ identity }) => identity)?.name ?? null,
    };
  });
}

/** The tables of a SQLite file, each with its columns. */
export async function columnsOfSource(db: Kysely<Schema>): Promise<Map<string, readonly string[]>> {
  const tables = await db.introspection.getTables();
  return new Map(tables.map(({ name, columns }) => [name, columns.map((column) => column.name)]));
}

async function columnsOf(db: Kysely<Schema>): Promise<Column[]> {
  const { rows } = await sql<Column>`
    select table_name as table, column_name as name, data_type as type, is_identity = 'YES' as identity,
      is_generated = 'ALWAYS' as generated
    from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema = current_schema() and table_type = 'BASE TABLE'
    order by table_name, ordinal_position`.execute(db);
  return rows.filter(({ table }) => !isKyselys(table));
}

async function keysOf(db: Kysely<Schema>): Promise<{ table: string; column: string }[]> {
  const { rows } = await sql<{ table: string; column: string }>`
    select c.relname as table, a.attname as column
    from pg_index i join pg_class c on c.oid = i.indrelid
    cross join unnest(i.indkey::int2[]) with ordinality as k (attnum, place)
    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
    where i.indisprimary and c.relnamespace = current_schema()::regnamespace
    order by c.relname, k.place`.execute(db);
  return rows;
}

async function referencesOf(db: Kysely<Schema>): Promise<{ from: string; to: string }[]> {
  const { rows } = await sql<{ from: string; to: string }>`
    select f.relname as "from", t.relname as "to" from pg_constraint r
    join pg_class f on f.oid = r.conrelid join pg_class t on t.oid = r.confrelid
    where r.contype = 'f' and r.conrelid <> r.confrelid and f.relnamespace = current_schema()::regnamespace`.execute(
    db,
  );
  return rows;
}

function parentsFirst(names: readonly string[], references: readonly { from: string; to: string }[]): string[] {
  const sorted: string[] = [];
  while (sorted.length < names.length) {
    const next = names.filter(
      (name) => !sorted.includes(name) && references.every(({ from, to }) => from !== name || sorted.includes(to)),
    );
    if (next.length === 0) throw new Error('Tables refer to one another in a circle.');
    sorted.push(...next);
  }
  return sorted;
}

const COLUMN_TYPES: readonly ColumnType[] = ['text', 'integer', 'bigint'];

function columnType({ table, name, type }: Column): ColumnType {
  const known = COLUMN_TYPES.find((one) => one === type);
  if (known === undefined) throw new Error(`No value of type ${type} can be moved (${table}.${name}).`);
  return known;
}
