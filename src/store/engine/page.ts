/** A part of a longer list. `next` is the key after which it goes on, null at the end. */
export type Page<Row, Key = number> = { readonly items: readonly Row[]; readonly next: Key | null };

/** Of rows that were asked for with a limit of one more, which tells whether there is a next page. */
export function pageOf<Row, Key>(rows: readonly Row[], limit: number, keyOf: (row: Row) => Key): Page<Row, Key> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? keyOf(last) : null };
}
