/** Where the command writes: tables for people, JSON for programs. */
export type Output = {
  readonly isForPeople: boolean;
  readonly columns: number;
  write(text: string): void;
};

type Cell = string | number | null | undefined;

/** For programs the thing itself, for people the lines that say it. */
export function show(output: Output, thing: unknown, lines: readonly string[]): void {
  output.write(`${output.isForPeople ? lines.join('\n') : JSON.stringify(thing)}\n`);
}

/** Names in one column, what is to be said of each in the next. */
export function pairs(rows: readonly (readonly [name: string, value: Cell])[]): string[] {
  const told = rows.filter(([, value]) => value !== null && value !== undefined && value !== '');
  const width = Math.max(0, ...told.map(([name]) => name.length));
  return told.map(([name, value]) => `  ${name.padEnd(width)}  ${printable(value)}`);
}

export type Column<Item> = { readonly name: string; readonly width: number; of(item: Item): Cell };

/** Every item as it comes, however many there are: a line of JSON for programs, a row of a table for people. */
export async function showEach<Item>(
  output: Output,
  items: AsyncIterable<Item>,
  columns: readonly Column<Item>[],
): Promise<void> {
  const line = (cellOf: (column: Column<Item>) => Cell) =>
    `${columns
      .map((column) => printable(cellOf(column)).padEnd(column.width))
      .join('  ')
      .trimEnd()}\n`;
  let count = 0;
  for await (const item of items) {
    if (count++ === 0 && output.isForPeople) output.write(line(({ name }) => name.toUpperCase()));
    output.write(output.isForPeople ? line((column) => column.of(item)) : `${JSON.stringify(item)}\n`);
  }
  if (count === 0 && output.isForPeople) output.write('Nobody.\n');
}

/** What people wrote, or a service that was got at, must not move the cursor. */
export const printable = (value: Cell): string => String(value ?? '').replaceAll(/\p{Cc}/gu, ' ');
