import type { Table } from './table';

type Line = { readonly line: number; readonly content: unknown };

/** Of lines of JSON the names that their objects have; null where they hold numbers only. */
export function tableOfLines(text: string, most: number): Table | null {
  const lines = text
    .split('\n')
    .map((one, index) => ({ line: index + 1, text: one.trim() }))
    .filter((one) => one.text !== '')
    .slice(0, most)
    .map((one): Line => ({ line: one.line, content: parsed(one.text) }));
  const columns = [...new Set(lines.flatMap(({ content }) => (isObject(content) ? Object.keys(content) : [])))];
  if (columns.length === 0) return null;
  return { columns, rows: lines.map(({ line, content }) => ({ line, cells: cellsOf(content, columns) })) };
}

function cellsOf(content: unknown, columns: readonly string[]): string[] {
  if (!isObject(content)) return [written(content)];
  return columns.map((column) => written(content[column]));
}

const isObject = (content: unknown): content is Record<string, unknown> =>
  typeof content === 'object' && content !== null && !Array.isArray(content);

function written(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What is no JSON is shown as it is: the service says what is wrong with it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
