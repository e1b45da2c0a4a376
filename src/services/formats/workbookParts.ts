import { fileFault } from './fileFault';
import { noWorkbook, refusePacked } from './foreignFile';
import { numberFormats } from './numberFormats';
import { sharedStrings, sheetRows, type CellLooks, type SheetRow } from './sheetXml';
import { attributeOf, readAllTags } from './xmlTags';
import { DAMAGED, openZipParts, type ZipParts } from './zipParts';

export type Sheet = { readonly name: string; readonly path: string; readonly isHidden: boolean };

export type Workbook = {
  /** Those that people see in their order, then those that are hidden. */
  readonly sheets: readonly Sheet[];
  /** Rows with something in them; may be read again. */
  rows(sheet: Sheet): AsyncGenerator<SheetRow[], void, undefined>;
  close(): void;
};

const MOST_SHEETS = 5000;

/**
 * Opens a workbook (.xlsx) that is held in memory: its sheets, the texts and the formats to which their cells refer. Where its
 * parts are it says itself (ECMA-376 part 2): not every program calls them as Excel does.
 *
 * @throws ServiceError `invalid_request` where it is no workbook, or broken, here and as it is read
 */
export async function openWorkbook(file: Buffer, longestCell: number): Promise<Workbook> {
  const parts = await openZipParts(file);
  try {
    refusePacked(parts.names);
    const book =
      (await relationsOf(parts, '')).find(({ kind }) => kind === 'officeDocument')?.path ?? 'xl/workbook.xml';
    const relations = await relationsOf(parts, book);
    const sheets = await sheetsOf(parts, book, relations);
    const looks = await looksOf(parts, relations, longestCell);
    return {
      sheets,
      async *rows({ path }) {
        const chunks = parts.read(path);
        if (chunks !== null) yield* sheetRows(chunks, looks);
      },
      close: () => parts.close(),
    };
  } catch (error) {
    parts.close();
    throw error;
  }
}

type Relation = { readonly id: string; readonly kind: string; readonly path: string };

/** What a part refers to, by the last word of its kind: the rest differs between editions of the standard. */
async function relationsOf(parts: ZipParts, path: string): Promise<Relation[]> {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const relations: Relation[] = [];
  const chunks = parts.read(`${folder}_rels/${path.slice(folder.length)}.rels`);
  if (chunks === null) return relations;
  await readAllTags(chunks, {
    onOpen(name, { Id: id = '', Type: type = '', Target: target = '' }) {
      if (name === 'Relationship' && relations.length < MOST_SHEETS)
        relations.push({ id, kind: type.slice(type.lastIndexOf('/') + 1), path: fullPath(folder, target) });
    },
  });
  return relations;
}

function fullPath(folder: string, target: string): string {
  const steps: string[] = [];
  for (const step of (target.startsWith('/') ? target : folder + target).split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return steps.join('/');
}

async function sheetsOf(parts: ZipParts, book: string, relations: readonly Relation[]): Promise<Sheet[]> {
  const chunks = parts.read(book);
  if (chunks === null || relations.length === 0) throw noWorkbook();
  const paths = new Map(relations.map(({ id, path }) => [id, path]));
  const sheets: Sheet[] = [];
  await readAllTags(chunks, {
    onOpen(name, attributes) {
      const path = paths.get(attributeOf(attributes, 'id') ?? '');
      if (name === 'sheet' && path !== undefined && sheets.length < MOST_SHEETS)
        sheets.push({
          name: attributes['name'] ?? '',
          path,
          isHidden: (attributes['state'] ?? 'visible') !== 'visible',
        });
    },
  });
  if (sheets.length === 0) throw fileFault(DAMAGED);
  return [...sheets.filter(({ isHidden }) => !isHidden), ...sheets.filter(({ isHidden }) => isHidden)];
}

async function looksOf(parts: ZipParts, relations: readonly Relation[], longestCell: number): Promise<CellLooks> {
  const read = (kind: string, usual: string) =>
    parts.read(relations.find((relation) => relation.kind === kind)?.path ?? usual);
  const [texts, styles] = [read('sharedStrings', 'xl/sharedStrings.xml'), read('styles', 'xl/styles.xml')];
  return {
    strings: texts === null ? [] : await sharedStrings(texts, longestCell),
    formats: styles === null ? [] : await numberFormats(styles),
    longestCell,
  };
}
