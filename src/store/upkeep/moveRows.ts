import { type Kysely, sql } from 'kysely';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import type { MovedTable } from './moveTables';

type Row = Readonly<Record<string, unknown>>;

/** Rows are of very different length: some hold a thousand people. Slices grow and shrink towards this. */
const SLICE_CHARACTERS = 2_000_000;
const FIRST_SLICE = 50;
const LARGEST_SLICE = 10_000;

/** Copies a table slice by slice, in the order of its key; returns how many rows it wrote. */
export async function copyRows(
  from: Kysely<Schema>,
  to: Kysely<Schema>,
  engine: Engine,
  table: MovedTable,
): Promise<number> {
  let copied = 0;
  let limit = FIRST_SLICE;
  for (let last: Row | null = null; ;) {
    const rows = await sliceAfter(from, table, last, limit);
    if (rows.length === 0) return copied;
    await write(to, engine, table, rows);
    copied += rows.length;
    last = rows.at(-1) ?? null;
    limit = nextLimit(limit, rows);
  }
}

async function sliceAfter(
  from: Kysely<Schema>,
  { name, columns, key }: MovedTable,
  last: Row | null,
  limit: number,
): Promise<Row[]> {
  const refs = (names: readonly string[]) => sql.join(names.map((one) => sql.ref(one)));
  const after =
    last === null ? sql`` : sql`where (${refs(key)}) > (${sql.join(key.map((column) => sql`${last[column]}`))})`;
  const { rows } = await sql<Row>`
    select ${refs(Object.keys(columns))} from ${sql.table(name)} ${after}
    order by ${refs(key)} limit ${limit}`.execute(from);
  return rows;
}

/** Numbers that the database gives by itself are taken over: other rows refer to them. */
async function write(to: Kysely<Schema>, engine: Engine, { name, columns }: MovedTable, rows: readonly Row[]) {
  const names = sql.join(Object.keys(columns).map((column) => sql.ref(column)));
  await sql`
    insert into ${sql.table(name)} (${names}) overriding system value
    select ${names} from ${engine.recordRows(rows, columns)} as moved`.execute(to);
}

function nextLimit(limit: number, rows: readonly Row[]): number {
  const sample = rows.slice(0, FIRST_SLICE);
  const each = JSON.stringify(sample).length / sample.length;
  return Math.max(1, Math.min(limit * 4, Math.floor(SLICE_CHARACTERS / each), LARGEST_SLICE));
}

/** The next row gets the number that it would have got in the source, also where the last ones are gone. */
export async function goOnNumbering(from: Kysely<Schema>, to: Kysely<Schema>, table: MovedTable): Promise<void> {
  const { name, identity } = table;
  if (identity === null) return;
  const { rows } = await sql<{ last: number | null }>`
    select max(last) as last from (
      select seq as last from sqlite_sequence where name = ${name}
      union all select max(${sql.ref(identity)}) from ${sql.table(name)}) as numbers`.execute(from);
  const last = rows[0]?.last ?? null;
  if (last === null || last < 1) return;
  await sql`select setval(pg_get_serial_sequence(${name}, ${identity}), ${last}::bigint)`.execute(to);
}

export async function countRows(db: Kysely<Schema>, table: string): Promise<number> {
  const { rows } = await sql<{ rows: number }>`select count(*) as rows from ${sql.table(table)}`.execute(db);
  return rows[0]?.rows ?? 0;
}
