import { ServiceError } from '../../domain/errors';
import { likelihoodOfNumbers, type ColumnWish } from '../../domain/columns/numberColumn';
import type { SheetRow } from '../formats/sheetXml';
import type { Sheet, Workbook } from '../formats/workbookParts';

/** Enough of a sheet to know what its columns are. */
export const SAMPLE_ROWS = 300;

/** So many names are shown, of so many characters. */
const MOST_SHOWN = 40;
const SHOWN_NAME = 64;

/**
 * The sheet that holds the numbers: the one that is wished for; else the only one that people see with numbers in it, then the
 * only hidden one. Where none has numbers, the first with anything in it. Null where all are empty.
 *
 * @throws ServiceError `invalid_request` where several have numbers: those in the others would be left out unnoticed
 */
export async function chosenSheet(book: Workbook, wish: ColumnWish & { sheet: string | null }): Promise<Sheet | null> {
  if (wish.sheet !== null) return wishedSheet(book.sheets, wish.sheet);
  if (book.sheets.length === 1) return book.sheets[0] ?? null;
  let withAnything: Sheet | null = null;
  for (const isHidden of [false, true]) {
    const likely: Record<'surely' | 'maybe', Sheet[]> = { surely: [], maybe: [] };
    for (const sheet of book.sheets.filter((each) => each.isHidden === isHidden)) {
      const sample = await sampleOf(book.rows(sheet));
      if (sample.length > 0) withAnything ??= sheet;
      const likelihood = likelihoodOfNumbers(
        sample.map(({ cells }) => cells),
        wish,
      );
      if (likelihood !== 'no') likely[likelihood].push(sheet);
    }
    const [found, ...others] = likely.surely.length > 0 ? likely.surely : likely.maybe;
    if (found !== undefined && others.length > 0) throw severalFault([found, ...others]);
    if (found !== undefined) return found;
  }
  return withAnything;
}

/** The first rows of a sheet. */
async function sampleOf(batches: AsyncGenerator<SheetRow[], void, undefined>): Promise<SheetRow[]> {
  const sample: SheetRow[] = [];
  for await (const rows of batches) {
    sample.push(...rows);
    if (sample.length >= SAMPLE_ROWS) break;
  }
  return sample.slice(0, SAMPLE_ROWS);
}

function wishedSheet(sheets: readonly Sheet[], wish: string): Sheet {
  const place = /^\d{1,4}$/.test(wish) ? Number(wish) - 1 : -1;
  const found = sheets.find(({ name }) => name === wish) ?? sheets[place];
  if (found !== undefined) return found;
  throw sheetFault(`has no sheet "${wish.slice(0, SHOWN_NAME)}"; the sheets are ${listed(sheets)}`);
}

function severalFault(sheets: readonly Sheet[]): ServiceError {
  const first = encodeURIComponent((sheets[0]?.name ?? '').slice(0, SHOWN_NAME));
  const choose = `choose one with ?sheet=${first}, or the field "sheet" of a form`;
  return sheetFault(`has numbers in several sheets (${listed(sheets)}); ${choose}`);
}

const listed = (sheets: readonly Sheet[]): string =>
  sheets
    .slice(0, MOST_SHOWN)
    .map(({ name }) => `"${name.slice(0, SHOWN_NAME).replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd')}"`)
    .join(', ');

const sheetFault = (msg: string): ServiceError =>
  new ServiceError('invalid_request', `The file ${msg}. Nothing was done.`, {
    errors: [{ path: 'sheet', msg }],
    errorCount: 1,
  });
