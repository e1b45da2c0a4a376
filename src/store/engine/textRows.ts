import { type RawBuilder, sql } from 'kysely';
import type { ColumnType } from './columnType';

/** A text, and what stands before it. */
export type TextRow = { readonly head: readonly (string | number)[]; readonly text: string | null };

type Columns = Readonly<Record<string, ColumnType>>;

/** Widths are rounded up, so that there are few different statements to be prepared. */
const WIDTH_STEP = 8;

/**
 * The heads as one blob, in which each value has its place, and the texts as a list of JSON: to take six fields of a row
 * out of JSON one by one took 4 µs, half as long as writing the row with all its indexes; so it takes 1 µs.
 */
export function textRowsInSqlite(rows: readonly TextRow[], columns: Columns): RawBuilder<unknown> {
  const names = Object.keys(columns);
  const types = Object.values(columns);
  const heads = names.slice(0, -1);
  const widths = heads.map((_, place) => widthOf(rows, place));
  const width = widths.reduce((all, one) => all + one, 0);
  let start = 1;
  const fields = heads.map((name, place) => {
    const piece = sql`substr(heads, key * ${sql.lit(width)} + ${sql.lit(start)}, ${sql.lit(widths[place])})`;
    start += widths[place] ?? 0;
    const value = types[place] === 'text' ? sql`rtrim(cast(${piece} as text))` : sql`cast(${piece} as integer)`;
    return sql`${value} as ${sql.ref(name)}`;
  });
  return sql`(
    select ${sql.join(fields)}, value as ${sql.ref(names.at(-1) ?? '')}
    from json_each(${JSON.stringify(rows.map(({ text }) => text))}), (select ${packed(rows, widths)} as heads))`;
}

function widthOf(rows: readonly TextRow[], place: number): number {
  let longest = 1;
  for (const { head } of rows) longest = Math.max(longest, String(head[place]).length);
  return Math.ceil(longest / WIDTH_STEP) * WIDTH_STEP;
}

function packed(rows: readonly TextRow[], widths: readonly number[]): Buffer {
  let heads = '';
  for (const { head } of rows)
    for (let place = 0; place < widths.length; place++) heads += String(head[place]).padEnd(widths[place] ?? 0);
  return Buffer.from(heads, 'latin1');
}

/** A list for each column: rows of JSON, each to be taken apart, took a fifth longer. */
export function textRowsInPostgres(rows: readonly TextRow[], columns: Columns): RawBuilder<unknown> {
  const names = Object.keys(columns);
  const textPlace = names.length - 1;
  const lists = Object.values(columns).map((type, place) => {
    const values = rows.map(({ head, text }) => (place === textPlace ? text : head[place]));
    return sql`${values}::${sql.raw(type)}[]`;
  });
  return sql`(select * from unnest(${sql.join(lists)}) as r (${sql.join(names.map((name) => sql.ref(name)))}))`;
}
