import type { TableRow } from './table';
import { entriesOf } from './zip';

/** The first rows of a workbook's first sheet: an .xlsx is a zip of XML, both of which a browser reads by itself. */
export async function recordsOfWorkbook(file: File, most: number): Promise<TableRow[]> {
  const entries = await entriesOf(file);
  const sheet = await entries.get('xl/worksheets/sheet1.xml')?.();
  if (sheet === undefined) return [];
  const shared = await entries.get('xl/sharedStrings.xml')?.();
  const texts = shared === undefined ? [] : all(parse(shared), 'si').map(textOf);
  let line = 0;
  const rows = all(parse(sheet), 'row').map((row) => {
    line = Number(row.getAttribute('r') ?? line + 1);
    return { line, cells: cellsOf(row, texts) };
  });
  return rows.filter(({ cells }) => cells.some((cell) => cell !== '')).slice(0, most);
}

/** Empty cells are not written, so that each says where it stands. */
function cellsOf(row: Element, texts: readonly string[]): string[] {
  const cells: string[] = [];
  for (const cell of all(row, 'c')) {
    const place = placeOf(cell.getAttribute('r')) ?? cells.length;
    while (cells.length < place) cells.push('');
    cells[place] = valueOf(cell, texts).trim();
  }
  return cells;
}

/** No sheet has more columns. */
const MOST_COLUMNS = 16_384;

/** "C5" stands in the third column, at 2. */
function placeOf(reference: string | null): number | null {
  const letters = /^[A-Z]+/.exec(reference ?? '')?.[0];
  if (letters === undefined) return null;
  const place = Array.from(letters).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
  return place < MOST_COLUMNS ? place : null;
}

function valueOf(cell: Element, texts: readonly string[]): string {
  const value = all(cell, 'v')[0]?.textContent ?? '';
  if (cell.getAttribute('t') === 's') return texts[Number(value)] ?? '';
  return cell.getAttribute('t') === 'inlineStr' ? textOf(cell) : value;
}

const parse = (xml: string): Document => new DOMParser().parseFromString(xml, 'application/xml');

/** Some programs write a prefix before each name. */
const all = (within: Document | Element, name: string): Element[] => [...within.getElementsByTagNameNS('*', name)];

const textOf = (element: Element): string =>
  all(element, 't')
    .map(({ textContent }) => textContent)
    .join('');
