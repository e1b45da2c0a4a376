import { Readable } from 'node:stream';
import type { FieldPlaces } from '../../domain/lists/fieldNames';
import type { ColumnWish } from '../../domain/columns/numberColumn';
import { readCsv } from './csvFile';
import type { WantedFields } from './fieldColumns';
import { begin, gunzipped, isGzip, slicesOf, type NumberSource } from './fileBytes';
import { fileFault } from '../formats/fileFault';
import { textOf } from './fileText';
import { isZip, refuseForeign, refuseJson } from '../formats/foreignFile';
import { readJsonLines } from './jsonLines';
import type { ListSource, NumberEntry } from './listSource';
import { isTable, textEntries } from './numberText';
import { readWorkbook } from './workbook';

export type FileOptions = ColumnWish & {
  /** A file with rows of cells, one with JSON on each line, or the text of a form's field. */
  readonly kind: 'csv' | 'lines' | 'text';
  /** What the caller calls the charset; null where the bytes tell. */
  readonly charset: string | null;
  /** Name or place, from 1, of a workbook's sheet; null for the first with anything in it. */
  readonly sheet: string | null;
  /** The sender says that it is compressed by gzip. */
  readonly isGzip: boolean;
  /** Whose values are read beside the number: the fields of a message, or all that there are. */
  readonly fields?: WantedFields;
};

/** A list that is read as its entries are taken. */
export type FileReading = {
  readonly entries: AsyncIterable<readonly NumberEntry[]>;
  /** Known once all entries were taken; null where there was no file. */
  readonly source: () => ListSource | null;
  /** What the columns are called, as far as they have names. */
  readonly names: () => readonly string[];
  /** Of a table all fields of which are read: what the values of an entry are called, in their order. */
  readonly valueNames: () => readonly string[];
};

/** Enough to know a file by its beginning. */
const HEAD_BYTES = 1024;

/** Reads a list of numbers from a file of whatever kind people keep such lists in. */
export function readNumberFile(source: NumberSource, options: FileOptions): FileReading {
  let found: ListSource | null = null;
  let names: readonly string[] = [];
  let valueNames: readonly string[] = [];
  const note: Note = ({ names: called, fieldColumns, ...part }) => {
    if (called !== undefined) names = called;
    if (fieldColumns !== undefined) valueNames = fieldColumns.map((column) => names[column ?? -1] ?? '');
    found = { column: null, encoding: 'utf-8', delimiter: null, ...found, ...part };
  };
  return {
    entries: entriesOf(source, options, note),
    source: () => found,
    names: () => names,
    valueNames: () => valueNames,
  };
}

async function* entriesOf(
  source: NumberSource,
  options: FileOptions,
  note: Note,
): AsyncGenerator<readonly NumberEntry[]> {
  if (options.kind === 'text') {
    yield* fieldEntries(source, options, note);
    return;
  }
  const { head, all } = await unpacked(source, options);
  refuseForeign(head);
  if (isZip(head)) {
    yield* readWorkbook(all, {
      ...options,
      fields: fieldsOf(options),
      onLayout: (layout) => note({ ...layout, encoding: 'xlsx' }),
    });
    return;
  }
  const { bytes, encoding } = textOf(head, all, options.charset);
  note({ encoding: encoding ?? 'utf-8' });
  if (options.kind === 'lines') {
    const { column } = options;
    yield* readJsonLines(bytes, { column, fields: fieldsOf(options), onNames: (names) => note({ names }) });
    return;
  }
  refuseJson(head);
  yield* tableEntries(bytes, options, note);
}

type Note = (
  part: Partial<ListSource> & { readonly names?: readonly string[]; readonly fieldColumns?: FieldPlaces },
) => void;

const fieldsOf = ({ fields = [] }: FileOptions): WantedFields => fields;

function tableEntries(bytes: AsyncIterable<Buffer>, options: FileOptions, note: Note): AsyncGenerator<NumberEntry[]> {
  return readCsv(bytes, {
    ...options,
    fields: fieldsOf(options),
    onLayout: ({ name, names, column, delimiter, fieldColumns }) =>
      note({ column: name ?? String(column + 1), delimiter, names, fieldColumns }),
    onForeign: () => note({ encoding: 'windows-1252' }),
  });
}

/** A field is numbers one after the other, unless it was filled from a file. */
async function* fieldEntries(source: NumberSource, options: FileOptions, note: Note) {
  const pieces: Buffer[] = [];
  for await (const slice of slicesOf(source)) pieces.push(slice);
  const text = Buffer.concat(pieces).toString();
  if (options.column === null && !isTable(text)) yield* textEntries(text);
  else yield* tableEntries(slicesOf(Readable.from(pieces)), options, note);
}

async function unpacked(source: NumberSource, options: FileOptions) {
  const begun = await begin(slicesOf(source), HEAD_BYTES);
  if (!isGzip(begun.head)) {
    if (!options.isGzip || begun.head.length === 0) return begun;
    throw fileFault('is not compressed, though Content-Encoding says gzip; leave that header out, or compress it');
  }
  return await begin(gunzipped(begun.all), HEAD_BYTES);
}
