import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../../domain/access/actor';
import type { ColumnType } from './columnType';
import { textRowsInPostgres, textRowsInSqlite, type TextRow } from './textRows';

/**
 * All that differs between SQLite and PostgreSQL, and what statements need to know: what time it is, and who asks. Everything else in `store/` is written once, and one test suite
 * runs on both.
 */
export type Engine = {
  readonly kind: 'sqlite' | 'postgres';
  /** Milliseconds since 1970, by the clock that all instances share. */
  readonly now: RawBuilder<number>;
  /** Who asks for what is done now; null where nobody does. */
  readonly actor: () => Actor | null;
  /** Appended to a select whose rows are about to be changed. */
  readonly forUpdate: RawBuilder<unknown>;
  /** Strings as rows of a derived table with the columns `value` and `position` (from 0). */
  stringRows(values: readonly string[]): RawBuilder<unknown>;
  /** Objects as rows of a derived table with the given columns. One parameter, however many rows. */
  recordRows(rows: readonly object[], columns: Readonly<Record<string, ColumnType>>): RawBuilder<unknown>;
  /**
   * Many texts as rows, each with the values of its head before it, in the order of the columns; the text is the last one.
   * Heads hold numbers and ASCII without blanks at its ends, never null: see `textRows.ts`.
   */
  textRows(rows: readonly TextRow[], columns: Readonly<Record<string, ColumnType>>): RawBuilder<unknown>;
};

const NOBODY = () => null;

const valuesOf = (row: object, names: readonly string[]): unknown[] =>
  names.map((name) => (row as Readonly<Record<string, unknown>>)[name]);

/** One process, one connection: no row locks, and this process's clock is the only one. */
export const sqliteEngine = (clock: () => number, actor: Engine['actor'] = NOBODY): Engine => ({
  kind: 'sqlite',
  actor,
  get now() {
    return sql<number>`${clock()}`;
  },
  forUpdate: sql``,
  stringRows: (values) => sql`(select value, key as position from json_each(${JSON.stringify(values)}))`,
  // By place: looking each field up by its name took twice as long.
  recordRows: (rows, columns) => {
    const names = Object.keys(columns);
    const fields = names.map((name, place) => sql`value ->> ${sql.lit(place)} as ${sql.ref(name)}`);
    return sql`(select ${sql.join(fields)} from json_each(${JSON.stringify(rows.map((row) => valuesOf(row, names)))}))`;
  },
  textRows: textRowsInSqlite,
});

/**
 * Leases and slots go by the database's clock: instances need not agree on the time. `clock` replaces it in tests.
 */
export const postgresEngine = (clock: (() => number) | null, actor: Engine['actor'] = NOBODY): Engine => ({
  kind: 'postgres',
  actor,
  get now() {
    return clock === null
      ? sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`
      : sql<number>`${clock()}::bigint`;
  },
  forUpdate: sql`for update`,
  stringRows: (values) =>
    sql`(select value, ordinality - 1 as position from unnest(${values}::text[]) with ordinality as u (value, ordinality))`,
  recordRows: (rows, columns) => {
    const fields = Object.entries(columns).map(([name, type]) => sql`${sql.ref(name)} ${sql.raw(type)}`);
    return sql`(select * from json_to_recordset(${JSON.stringify(rows)}::json) as r (${sql.join(fields)}))`;
  },
  textRows: textRowsInPostgres,
});
