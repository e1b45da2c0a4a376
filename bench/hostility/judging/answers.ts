/** An answer as it came over a connection; names of headers in lower case. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** All of it came. */
  readonly isWhole: boolean;
};

const END_OF_HEAD = '\r\n\r\n';
const NO_BODY = [204, 304];

/**
 * All answers in what a connection brought, in order; those that only say to go on are left out. `isHead`: they have the
 * length of a body that does not come.
 *
 * @throws Error where the bytes are no answers of HTTP
 */
export function answersIn(bytes: Buffer, isHead: boolean): Answer[] {
  const answers: Answer[] = [];
  for (let rest = bytes; rest.length > 0;) {
    const headEnds = rest.indexOf(END_OF_HEAD);
    const head = rest.toString('latin1', 0, headEnds === -1 ? rest.length : headEnds);
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? Number.NaN);
    if (headEnds === -1 || Number.isNaN(status)) throw new Error(`What came is no answer: ${head.slice(0, 200)}`);
    const headers = headersIn(head);
    const behind = rest.subarray(headEnds + END_OF_HEAD.length);
    const { body, length, isWhole } =
      isHead || status < 200 || NO_BODY.includes(status) ? NOTHING : bodyIn(behind, headers);
    if (status >= 200) answers.push({ status, headers, body: body.toString(), isWhole });
    rest = isWhole ? behind.subarray(length) : Buffer.alloc(0);
  }
  return answers;
}

type Taken = { readonly body: Buffer; readonly length: number; readonly isWhole: boolean };
const NOTHING: Taken = { body: Buffer.alloc(0), length: 0, isWhole: true };

function headersIn(head: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = name in headers ? `${headers[name] ?? ''}, ${value}` : value;
  }
  return headers;
}

function bodyIn(bytes: Buffer, headers: Readonly<Record<string, string>>): Taken {
  if (headers['transfer-encoding'] === 'chunked') return chunksIn(bytes);
  const declared = headers['content-length'];
  const length = declared === undefined ? bytes.length : Number(declared);
  return { body: bytes.subarray(0, length), length, isWhole: bytes.length >= length };
}

function chunksIn(bytes: Buffer): Taken {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnds = bytes.indexOf('\r\n', at);
    const size = lineEnds === -1 ? Number.NaN : Number.parseInt(bytes.toString('latin1', at, lineEnds), 16);
    const from = lineEnds + 2;
    if (Number.isNaN(size) || bytes.length < from + size + 2)
      return { body: Buffer.concat(parts), length: bytes.length, isWhole: false };
    at = from + size + 2;
    if (size === 0) return { body: Buffer.concat(parts), length: at, isWhole: true };
    parts.push(bytes.subarray(from, from + size));
  }
}
