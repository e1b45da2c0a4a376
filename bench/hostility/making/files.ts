import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Known } from '../known';

/** Lists of people as files of every type that is taken, mostly as they should be. */
export type Files = {
  readonly csv: fc.Arbitrary<Buffer>;
  /** Null for a type that is no file. */
  readonly of: (contentType: string) => fc.Arbitrary<Buffer> | null;
};

const CELLS = ['Ann', 'Bob', '"Quo""ted"', '"over\ntwo lines"', '', '=1+1', 'ü', '"open'];
const MOST_ROWS = 12;
/** As `writeXlsxFile` and the like begin: what is inside is broken. */
const NO_WORKBOOK = Buffer.from('PK\u0003\u0004 and nothing that belongs behind it');

/** `workbook`: one that is well made. */
export function filesFor({ numbers }: Known, workbook: Buffer): Files {
  const number = fc.constantFrom(...numbers, '0171 555', 'none', '+1415');
  const rows = fc.array(fc.tuple(number, fc.constantFrom(...CELLS)), { maxLength: MOST_ROWS });
  const separated = (separator: string) =>
    fc
      .tuple(rows, fc.constantFrom('\n', '\r\n', '\r'), fc.constantFrom('phone', 'to', 'number', ''))
      .map(([all, end, head]) =>
        Buffer.from([[head, 'name'], ...all].map((cells) => cells.join(separator)).join(end) + end),
      );
  const csv = separated(',');
  const lines = rows.map((all) =>
    Buffer.from(all.map(([to, name]) => JSON.stringify(name === '' ? to : { to, name })).join('\n')),
  );
  const sheet = fc.oneof(
    fc.constant(workbook),
    fc.integer({ min: 1, max: workbook.length }).map((length) => workbook.subarray(0, length)),
    fc.constant(NO_WORKBOOK),
  );
  const types: Readonly<Record<string, fc.Arbitrary<Buffer>>> = {
    'text/csv': csv,
    'text/tab-separated-values': separated('\t'),
    'application/x-ndjson': lines,
    'application/gzip': fc.oneof(csv, lines).map((bytes) => gzipSync(bytes)),
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': sheet,
  };
  return { csv, of: (contentType) => types[contentType] ?? null };
}
