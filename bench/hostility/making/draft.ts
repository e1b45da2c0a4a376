import { createHash } from 'node:crypto';
import { signatureHeaders } from '../../../src/simulator/formats/signatures';
import { ACCOUNT } from '../../stage/account';

/** A request before it is bytes, in parts that can be changed one by one. */
export type Draft = {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly query: readonly Pair[];
  readonly headers: readonly Pair[];
  readonly body: Body;
  /** Signed as Plivo does; what is changed after that was signed no longer. */
  readonly isSigned: boolean;
};
export type Pair = readonly [name: string, value: string];
export type Body = { readonly json: unknown } | { readonly form: readonly Pair[] } | { readonly bytes: Buffer } | null;

export const urlOf = ({ path, query }: Pick<Draft, 'path' | 'query'>): string =>
  query.length === 0 ? path : `${path}?${formEncoded(query)}`;

const formEncoded = (pairs: readonly Pair[]): string =>
  new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString();

export function bytesOf(body: Body): Buffer {
  if (body === null) return Buffer.alloc(0);
  if ('bytes' in body) return body.bytes;
  if ('json' in body) return Buffer.from(body.json === undefined ? '' : JSON.stringify(body.json));
  return Buffer.from(formEncoded(body.form));
}

/** With the headers that say how long the body is, who asks, and that the connection ends with the answer. */
export function headersOf(draft: Draft, base: string): Pair[] {
  const { length } = bytesOf(draft.body);
  return [
    ['Host', new URL(base).host],
    ['Connection', 'close'],
    ...draft.headers,
    ...(draft.isSigned ? signatureOf(draft, base) : []),
    ...(length > 0 || draft.method !== 'GET' ? [['Content-Length', String(length)] as const] : []),
  ];
}

function signatureOf({ method, body, ...address }: Draft, base: string): Pair[] {
  const fields = body !== null && 'form' in body ? Object.fromEntries(body.form) : {};
  const url = base + urlOf(address);
  const signed = { method: method === 'POST' ? 'POST' : 'GET', url, fields, nonce: nonceOf(url, fields) } as const;
  return Object.entries(signatureHeaders({ ...signed, authToken: ACCOUNT.authToken }, 'v3'));
}

/** Another for each text: one that was used for another is refused. */
const nonceOf = (url: string, fields: object): string =>
  createHash('sha256')
    .update(`${url} ${JSON.stringify(fields)}`)
    .digest('hex');

/** Names and values of headers are bytes, one for each character. */
export const requestHead = (method: string, url: string, headers: readonly Pair[]): Buffer =>
  Buffer.from(
    `${method} ${url} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
    'latin1',
  );
