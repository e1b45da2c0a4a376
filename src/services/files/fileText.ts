import { isPhoneName } from '../../domain/columns/columnNames';
import { ServiceError } from '../../domain/errors';
import { fileFault } from '../formats/fileFault';

/** The bytes of a text as UTF-8, or as nobody knows what where `encoding` is null. */
export type FileText = { readonly bytes: AsyncIterable<Buffer>; readonly encoding: string | null };

const LONGEST_LABEL = 40;
const LOOKED_AT = 1024;

/**
 * Marks at the beginning decide, then what the caller says, then whether every other byte is null, as in UTF-16 of most
 * scripts, or whether an old charset makes a known name of a column. Anything else is taken for UTF-8, and found out where
 * it is not.
 *
 * @throws ServiceError `invalid_request` for an unknown charset, or bytes that are not of it
 */
export function textOf(head: Buffer, all: AsyncIterable<Buffer>, charset: string | null): FileText {
  const encoding =
    markedEncoding(head) ??
    given(charset) ??
    (charset === null ? (unmarkedEncoding(head) ?? namingEncoding(head)) : null);
  if (encoding === null) return { bytes: all, encoding };
  return encoding === 'utf-8' ? { bytes: all, encoding } : { bytes: decoded(all, encoding), encoding };
}

function markedEncoding(head: Buffer): string | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 'utf-8' : null;
}

/** What a caller may call a charset (WHATWG Encoding, "names and labels"); null for none. */
function given(charset: string | null): string | null {
  if (charset === null) return null;
  try {
    return new TextDecoder(charset).encoding;
  } catch {
    const msg = 'is not a known charset; use such as windows-1252, iso-8859-1, utf-8 or utf-16le';
    throw new ServiceError('invalid_request', `The charset ${msg}. Nothing was done.`, {
      errors: [{ path: 'charset', msg, value: charset.slice(0, LONGEST_LABEL) }],
      errorCount: 1,
    });
  }
}

/** Nulls at every second place, but for a few: digits and delimiters have them in any script. */
function unmarkedEncoding(head: Buffer): string | null {
  const pairs = Math.floor(Math.min(head.length, LOOKED_AT) / 2);
  if (pairs < 2) return null;
  const nulls = [0, 0];
  for (let at = 0; at < pairs * 2; at++) if (head[at] === 0) nulls[at % 2] = (nulls[at % 2] ?? 0) + 1;
  const [high = 0, low = 0] = nulls;
  if (low * 2 > pairs && high === 0) return 'utf-16le';
  return high * 2 > pairs && low === 0 ? 'utf-16be' : null;
}

/** Those of Western Europe need no guess: all that they have beyond ASCII is in names of people and places. */
const WESTERN = 'windows-1252';
const OTHERS = [
  ...[
    'windows-1251',
    'shift_jis',
    'gb18030',
    'big5',
    'euc-kr',
    'euc-jp',
    'windows-1250',
    'windows-1253',
    'windows-1254',
  ],
  ...['windows-1255', 'windows-1256', 'koi8-u', 'ibm866', 'iso-8859-5', 'macintosh', 'x-mac-cyrillic', 'windows-874'],
];

/** The charset in which the first lines name a column of numbers; null where they do so anyway, or in none. */
function namingEncoding(head: Buffer): string | null {
  const beginning = head.subarray(0, LOOKED_AT);
  if (isText(beginning, 'utf-8') || namesNumbers(beginning, WESTERN)) return null;
  return OTHERS.find((encoding) => namesNumbers(beginning, encoding)) ?? null;
}

/** Whether all bytes are of the charset, but for a character that is cut at the end. */
function isText(beginning: Buffer, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(beginning, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function namesNumbers(beginning: Buffer, encoding: string): boolean {
  const lines = new TextDecoder(encoding).decode(beginning).split(/\r\n|\r|\n/, 3);
  return lines.some((line) => line.split(/[,;\t|]/).some((cell) => isPhoneName(cell)));
}

async function* decoded(slices: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  for await (const slice of slices) {
    const text = attempt(() => decoder.decode(slice, { stream: true }), encoding);
    if (text !== '') yield Buffer.from(text);
  }
  const rest = attempt(() => decoder.decode(), encoding);
  if (rest !== '') yield Buffer.from(rest);
}

function attempt(decode: () => string, encoding: string): string {
  try {
    return decode();
  } catch {
    throw fileFault(`has bytes that are not ${encoding}; say what it is with ?charset=, or save it as "CSV UTF-8"`);
  }
}
