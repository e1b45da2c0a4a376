import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { broken } from './uploadFields';

const LONGEST_FIELD = 1024 * 1024;

/** How the bytes of a part may be written (RFC 2045, section 6). */
const DECODERS: Readonly<Record<string, (bytes: Buffer) => Buffer | null>> = {
  '7bit': (bytes) => bytes,
  '8bit': (bytes) => bytes,
  binary: (bytes) => bytes,
  'quoted-printable': fromQuotedPrintable,
  base64: fromBase64,
};

/**
 * The text of a form's field, which has to be UTF-8 whatever its part says: a charset that is another in name only is
 * what clients send, and what is another in its bytes is refused, as it cannot be told from a mistake.
 *
 * @throws ServiceError `invalid_request`
 */
export async function readFormText(part: Readable, name: string, transferEncoding: string): Promise<string> {
  const decode = Object.hasOwn(DECODERS, transferEncoding) ? DECODERS[transferEncoding] : undefined;
  const sent = await bytesOf(part);
  if (decode === undefined)
    throw broken(`has ${fieldOf(name)} in a Content-Transfer-Encoding that is not known; use none`);
  const bytes = decode(sent);
  if (bytes === null) throw broken(`has ${fieldOf(name)} that is not valid ${transferEncoding}`);
  if (!isUtf8(bytes)) throw broken(`has ${fieldOf(name)} that is not valid UTF-8; send it as UTF-8`);
  return bytes.toString('utf8');
}

/** Read to its end even where it is too long: the parts behind it would not come otherwise. */
async function bytesOf(part: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of part) {
    length += (chunk as Buffer).length;
    if (length <= LONGEST_FIELD) chunks.push(chunk as Buffer);
  }
  if (length > LONGEST_FIELD) throw broken('has a field that is too long; send the recipients as a file');
  return Buffer.concat(chunks);
}

const fieldOf = (name: string): string => `a field "${name.slice(0, 64).replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd')}"`;

/** RFC 2045, section 6.7; null where an escape is none. Blanks at the end of a line are the transport's. */
function fromQuotedPrintable(bytes: Buffer): Buffer | null {
  const text = bytes
    .toString('latin1')
    .split('\n')
    .map(withoutTransportBlanks)
    .join('\n')
    .replace(/=\r?\n/g, '');
  if (/=(?![0-9a-f]{2})/i.test(text)) return null;
  return Buffer.from(
    text.replace(/=([0-9a-f]{2})/gi, (_escape, code: string) => String.fromCharCode(parseInt(code, 16))),
    'latin1',
  );
}

function withoutTransportBlanks(line: string): string {
  const end = line.endsWith('\r') ? '\r' : '';
  let length = line.length - end.length;
  while (length > 0 && (line[length - 1] === ' ' || line[length - 1] === '\t')) length--;
  return line.slice(0, length) + end;
}

/** RFC 2045, section 6.8; null where it holds anything else. */
function fromBase64(bytes: Buffer): Buffer | null {
  const text = bytes.toString('latin1').replace(/[\r\n\t ]/g, '');
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Buffer.from(text, 'base64') : null;
}
