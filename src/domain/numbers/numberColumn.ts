/** What the number of a person may be called, in a header or as a key; the first of them that is present counts. */
export const NUMBER_NAMES = ['recipient', 'number', 'phone', 'to'] as const;

/** Which column of a file holds the numbers, and whether its first record is a header or holds one already. */
export type NumberColumn = { readonly column: number; readonly hasHeader: boolean };

/**
 * Judges a file by its first record. Without a known name in it the numbers are in the first column, and it is a header
 * when that cell has no digit: "Mobile" has none, while "+1415" and "0171 / 23x" are numbers that somebody has to mend.
 */
export function findNumberColumn(cells: readonly string[]): NumberColumn {
  const names = cells.map((cell) => cell.trim().toLowerCase());
  const known = NUMBER_NAMES.find((name) => names.includes(name));
  if (known !== undefined) return { column: names.indexOf(known), hasHeader: true };
  return { column: 0, hasHeader: !/\p{Nd}/u.test(cells[0] ?? '') };
}

/**
 * Excel separates by semicolons where the comma is the decimal sign, and by tabs when asked for text. Delimiters inside
 * quotes do not count.
 */
export function findDelimiter(firstRecord: string): ',' | ';' | '\t' {
  const bare = firstRecord.replace(/"[^"]*"/g, '');
  if (bare.includes(',')) return ',';
  if (bare.includes(';')) return ';';
  return bare.includes('\t') ? '\t' : ',';
}
