import { readAllTags } from './xmlTags';

/** How whole numbers show in a cell where that is more than their digits: what stands before them, and how many there are at least. */
export type NumberFormat = { readonly before: string; readonly digits: number };

/** By the style of a cell; null where the digits are all there is. */
export type NumberFormats = readonly (NumberFormat | null)[];

/** Excel's own limit. */
const MOST_STYLES = 65_490;

/**
 * The formats of a workbook (`xl/styles.xml`). People who keep numbers as numbers have them shown with their "+" or their 0:
 * `"+"0`, `00000000000`.
 */
export async function numberFormats(chunks: AsyncIterable<Buffer>): Promise<NumberFormats> {
  const codes = new Map<string, NumberFormat | null>();
  const formats: (NumberFormat | null)[] = [];
  let isInCells = false;
  await readAllTags(chunks, {
    onOpen(name, attributes) {
      if (name === 'numFmt' && codes.size < MOST_STYLES)
        codes.set(attributes['numFmtId'] ?? '', formatOf(attributes['formatCode'] ?? ''));
      if (name === 'cellXfs') isInCells = true;
      if (name === 'xf' && isInCells && formats.length < MOST_STYLES)
        formats.push(codes.get(attributes['numFmtId'] ?? '') ?? null);
    },
    onClose(name) {
      if (name === 'cellXfs') isInCells = false;
    },
  });
  return formats;
}

const LONGEST_CODE = 100;
/** A literal in quotes or behind a backslash, one that needs neither, or a place for a digit. */
const PIECE = /"([^"]*)"|\\(.)|([-+()/: ])|([0#?])|_.|\*./gy;

/** Null for dates, amounts, fractions and what else is no number of a phone. */
function formatOf(code: string): NumberFormat | null {
  const [first = ''] = code
    .slice(0, LONGEST_CODE)
    .replace(/^\[(?:\$[^\]]*|[A-Za-z]+\d*)\]/, '')
    .split(';');
  const pieces = [...first.matchAll(PIECE)];
  if (pieces.reduce((length, [piece]) => length + piece.length, 0) !== first.length) return null;
  let [before, digits, places] = ['', 0, 0];
  for (const [, quoted, escaped, plain, place] of pieces) {
    const literal = quoted ?? escaped ?? plain ?? '';
    if (place !== undefined) places++;
    if (place === '0') digits++;
    if (places === 0) before += literal;
    else if (!/^[-()/.\s]*$/.test(literal)) return null;
  }
  const isMore = /^[+\d\s()-]*[+\d][\s(-]*$/.test(before) || digits > 1;
  return places > 0 && isMore && /^[+\d\s()-]*$/.test(before)
    ? { before: before.replace(/[\s()-]/g, ''), digits }
    : null;
}

/** What a cell with this style shows of a whole number. */
export const shownAs = (whole: string, format: NumberFormat | null | undefined): string =>
  !format || whole.startsWith('-') ? whole : format.before + whole.padStart(format.digits, '0');
