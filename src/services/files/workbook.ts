import { setImmediate as nextTurn } from 'node:timers/promises';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { ServiceError } from '../../domain/errors';
import { findNumberColumn, type ColumnWish, type NumberColumn } from '../../domain/lists/numberColumn';
import { phoneShapeOf } from '../../domain/lists/phoneShape';
import type { FieldPlaces } from '../../domain/lists/fieldNames';
import { fieldColumnsOf, valuesIn, type WantedFields } from './fieldColumns';
import { FAULTS, fileFault, lineFault } from './fileFault';
import { foreignZip } from './foreignFile';
import type { ListSource, NumberEntry } from './listSource';
import { attributeOf, DAMAGED, readAllTags, sharedStrings, sheetRows, type SheetRow } from './sheetXml';

export type WorkbookOptions = ColumnWish & {
  readonly sheet: string | null;
  /** Whose values are read beside the number. */
  readonly fields: WantedFields;
  /** Told once, before the first entry. */
  readonly onLayout: (layout: Pick<ListSource, 'column' | 'sheet'> & Named) => void;
};

type Named = { readonly names: readonly string[]; readonly fieldColumns: FieldPlaces };

/** A zip file is read from its end, so it is held in memory. A list of a million takes 10 to 25 MB. */
const LARGEST_FILE = 48 * 1024 ** 2;
/**
 * A part, unpacked, which is read as it is unpacked: sheets shrink to a tenth or a thirtieth, what is made to do harm to a
 * thousandth. Of 600 kB that hold 600 MB, 46 MB are read before it is refused.
 */
const LARGEST_PART = 512 * 1024 ** 2;
const SMALL_ENOUGH = 16 * 1024 ** 2;
const MOST_TIMES = 50;
/** Read in one go: 3 ms where there is a tag in every six bytes, the most that there can be. */
const SLICE_BYTES = 8 * 1024;
const LONGEST_TURN_MS = 5;
const MOST_PARTS = 5000;
const SAMPLE_ROWS = 300;

/**
 * Reads the numbers of a workbook (.xlsx) from one of its sheets: text as Excel kept it, whole numbers as their digits.
 * Nothing but the file and its texts is held in memory, and unpacked is only so much: a workbook of a few kilobytes may
 * hold gigabytes, or a million empty cells.
 *
 * @throws ServiceError `invalid_request` where it is no workbook, or broken, or its column is not clear
 */
export async function* readWorkbook(
  slices: AsyncIterable<Buffer>,
  options: WorkbookOptions,
): AsyncGenerator<NumberEntry[]> {
  const zip = await openZip(await wholeOf(slices));
  try {
    const parts = await partsOf(zip);
    const partOf = (path: string) => (parts.has(path) ? chunksOf(zip, parts.get(path)) : null);
    const texts = partOf('xl/sharedStrings.xml');
    const sheets = await sheetsOf(partOf, [...parts.keys()]);
    const wished = options.sheet === null ? sheets : [wishedSheet(sheets, options.sheet)];
    const strings = texts === null ? [] : await sharedStrings(texts);
    for (const { name, path } of wished) {
      const chunks = partOf(path);
      if (chunks === null) continue;
      let isEmpty = true;
      for await (const entries of entriesOf(sheetRows(chunks, strings), name, options)) {
        isEmpty = false;
        yield entries;
      }
      if (!isEmpty) return;
    }
  } finally {
    zip.close();
  }
}

async function wholeOf(slices: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const slice of slices) {
    bytes += slice.length;
    if (bytes > LARGEST_FILE) throw fileFault('is a workbook of more than 48 MB; save the list alone, as "CSV UTF-8"');
    pieces.push(slice);
  }
  return Buffer.concat(pieces);
}

/** Also an empty answer for the first batch where there is a header alone: a sheet with one is not empty. */
async function* entriesOf(
  batches: AsyncGenerator<SheetRow[]>,
  sheet: string,
  options: WorkbookOptions,
): AsyncGenerator<NumberEntry[]> {
  const sample: SheetRow[] = [];
  while (sample.length < SAMPLE_ROWS) {
    const next = await batches.next();
    if (next.done === true) break;
    sample.push(...next.value);
  }
  if (sample.length === 0) return;
  const layout = findNumberColumn(
    sample.slice(0, SAMPLE_ROWS).map(({ cells }) => cells),
    options,
  );
  const { names } = layout;
  const fields = fieldColumnsOf(layout, options.fields);
  options.onLayout({ column: layout.name ?? String(layout.column + 1), sheet, names, fieldColumns: fields });
  const reading = { ...layout, isWatched: options.column === null, fields };
  yield numbersIn(sample.slice(layout.titles + (layout.hasHeader ? 1 : 0)), reading);
  for await (const rows of batches) yield numbersIn(rows, reading);
}

type SheetReading = NumberColumn & { readonly isWatched: boolean; readonly fields: FieldPlaces };

function numbersIn(rows: readonly SheetRow[], { column, named, isWatched, fields }: SheetReading): NumberEntry[] {
  return rows.map(({ line, cells }) => {
    if (isWatched)
      cells.forEach((cell, at) => {
        if (at !== column && named[at] !== true && cell !== undefined && phoneShapeOf(cell) === 'sure')
          throw lineFault(line, FAULTS.several, cell);
      });
    const value = (cells[column] ?? '').trim();
    return fields.length === 0 ? { value, line } : { value, line, values: valuesIn(cells, fields) };
  });
}

function openZip(file: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromBuffer(file, { lazyEntries: true, validateEntrySizes: true }, (error, zip) => {
      if (error === null) resolve(zip);
      else reject(fileFault(DAMAGED));
    });
  });
}

function partsOf(zip: ZipFile): Promise<Map<string, Entry>> {
  return new Promise((resolve, reject) => {
    const parts = new Map<string, Entry>();
    zip.on('entry', (entry: Entry) => {
      parts.set(entry.fileName, entry);
      if (parts.size > MOST_PARTS) reject(fileFault(DAMAGED));
      else zip.readEntry();
    });
    zip.on('end', () => resolve(parts));
    zip.on('error', () => reject(fileFault(DAMAGED)));
    zip.readEntry();
  });
}

async function* chunksOf(zip: ZipFile, entry: Entry | undefined): AsyncGenerator<Buffer> {
  if (entry === undefined || entry.isEncrypted()) throw fileFault(DAMAGED);
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    zip.openReadStream(entry, (error, opened) => (error === null ? resolve(opened) : reject(fileFault(DAMAGED))));
  });
  let bytes = 0;
  let turn = performance.now();
  try {
    for await (const chunk of stream) {
      bytes += chunk.length;
      if (bytes > Math.min(LARGEST_PART, SMALL_ENOUGH + entry.compressedSize * MOST_TIMES))
        throw fileFault('comes to far more than a list would when it is unpacked; save the list alone, as "CSV UTF-8"');
      for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
        yield (chunk as Buffer).subarray(at, at + SLICE_BYTES);
        // A stream hands out what is unpacked already without letting others have their turn.
        if (performance.now() - turn > LONGEST_TURN_MS) {
          await nextTurn();
          turn = performance.now();
        }
      }
    }
  } catch (error) {
    // Of what yauzl and zlib say, nothing would help.
    throw error instanceof ServiceError ? error : fileFault(DAMAGED);
  }
}

type Sheet = { readonly name: string; readonly path: string };

/** The visible sheets in their order, then those that are hidden. */
async function sheetsOf(
  partOf: (path: string) => AsyncGenerator<Buffer> | null,
  names: readonly string[],
): Promise<Sheet[]> {
  const [book, links] = [partOf('xl/workbook.xml'), partOf('xl/_rels/workbook.xml.rels')];
  if (book === null || links === null) throw foreignZip(names);
  const paths = new Map<string, string>();
  await readAll(links, (name, attributes) => {
    if (name === 'Relationship') paths.set(attributes['Id'] ?? '', fullPath(attributes['Target'] ?? ''));
  });
  const sheets: (Sheet & { readonly isHidden: boolean })[] = [];
  await readAll(book, (name, attributes) => {
    const path = paths.get(attributeOf(attributes, 'id') ?? '');
    if (name === 'sheet' && path !== undefined && sheets.length < MOST_PARTS)
      sheets.push({ name: attributes['name'] ?? '', path, isHidden: (attributes['state'] ?? 'visible') !== 'visible' });
  });
  if (sheets.length === 0) throw fileFault(DAMAGED);
  return [...sheets.filter(({ isHidden }) => !isHidden), ...sheets.filter(({ isHidden }) => isHidden)];
}

const fullPath = (target: string): string => (target.startsWith('/') ? target.slice(1) : `xl/${target}`);

async function readAll(
  chunks: AsyncGenerator<Buffer>,
  onOpen: (name: string, attributes: Readonly<Record<string, string>>) => void,
): Promise<void> {
  await readAllTags(chunks, { onOpen });
}

function wishedSheet(sheets: readonly Sheet[], wish: string): Sheet {
  const place = /^\d{1,4}$/.test(wish) ? Number(wish) - 1 : -1;
  const found = sheets.find(({ name }) => name === wish) ?? sheets[place];
  if (found !== undefined) return found;
  const names = sheets.slice(0, 40).map(({ name }) => `"${name.slice(0, 64)}"`);
  const msg = `has no sheet "${wish.slice(0, 64)}"; the sheets are ${names.join(', ')}`;
  throw new ServiceError('invalid_request', `The file ${msg}. Nothing was done.`, {
    errors: [{ path: 'sheet', msg }],
    errorCount: 1,
  });
}
