import { createHmac, timingSafeEqual } from 'node:crypto';
import { parse as parseQuery } from 'node:querystring';

/**
 * A webhook request as it came in. `url` is the public address Plivo was given, scheme, host and query included, exactly
 * as written there: Plivo signs an explicit `:443` as such. `params` are the decoded form fields of a POST; {} for a GET,
 * whose fields are in the url. `headers` in any case of letters.
 */
export type SignedRequest = {
  method: 'POST' | 'GET';
  url: string;
  params: Record<string, string | string[]>;
  headers: Record<string, string | string[] | undefined>;
  authToken: string;
};

/** The stricter first. `Ma` headers are signed with the main account's token, the others with that of the account or subaccount that owns the message. */
const FAMILIES = [
  {
    signatures: ['x-plivo-signature-v3', 'x-plivo-signature-ma-v3'],
    nonce: 'x-plivo-signature-v3-nonce',
    signedText: signedTextV3,
  },
  {
    signatures: ['x-plivo-signature-v2', 'x-plivo-signature-ma-v2'],
    nonce: 'x-plivo-signature-v2-nonce',
    signedText: signedTextV2,
  },
] as const;

/**
 * The signatures that this request came with and that are Plivo's, by `authToken`; none where it is not Plivo's, or where
 * anything is missing or odd. V2 covers the address but not the body (docs.plivo.com/docs/messaging/concepts/signature-validation), V3 both
 * (docs.plivo.com/docs/voice/xml/request/validation): a signature V3 that is there must fit, whatever V2 says.
 *
 * Our own, because the SDK's helpers compare in a time that depends on the input, throw on a missing header and reorder `params`.
 */
export function plivosSignatures(request: SignedRequest): readonly string[] {
  const parts = splitUrl(request.url);
  if (parts === null || request.authToken === '') return [];
  const headers = lowerCased(request.headers);
  const genuine: string[] = [];
  for (const { signatures, nonce: nonceName, signedText } of FAMILIES) {
    const given = signatures.flatMap((name) => headerValues(headers.get(name)));
    if (given.length === 0) continue;
    const [nonce, ...furtherNonces] = headerValues(headers.get(nonceName));
    const text = nonce === undefined || furtherNonces.length > 0 ? null : signedText(parts, request, nonce);
    const expected = text === null ? null : createHmac('sha256', request.authToken).update(text).digest('base64');
    if (expected !== null && given.some((signature) => isEqual(signature, expected))) genuine.push(expected);
    else if (signedText === signedTextV3) return [];
  }
  return genuine;
}

type UrlParts = { base: string; query: string };

/** The address without user info, query and fragment. By hand, since `URL` would drop a default port and rewrite the path. */
function splitUrl(url: string): UrlParts | null {
  const match = /^(https?:\/\/)(?:[^/?#@]*@)?([^/?#@]+)([^?#]*)(?:\?([^#]*))?/i.exec(url);
  if (match === null) return null;
  const [, scheme = '', host = '', path = '', query = ''] = match;
  return { base: scheme + host + path, query };
}

function signedTextV2({ base }: UrlParts, _request: SignedRequest, nonce: string): string {
  return base + nonce;
}

/** Keys and values in the order of their UTF-16 code units; `?` is there as soon as there is a query or a body field. */
function signedTextV3({ base, query }: UrlParts, { method, params }: SignedRequest, nonce: string): string | null {
  const bodyFields = fieldsOf(params);
  const queryFields = fieldsOf(parseQuery(query));
  if (bodyFields === null || queryFields === null) return null;
  if (method === 'GET') {
    const all = joinFields(sortFields([...queryFields, ...bodyFields]), '=', '&');
    return `${base}${all === '' ? '' : `?${all}`}.${nonce}`;
  }
  const inUrl = joinFields(sortFields(queryFields), '=', '&');
  const inBody = joinFields(sortFields(bodyFields), '', '');
  const hasBody = Object.keys(params).length > 0;
  const url = inUrl === '' && !hasBody ? base : `${base}?${inUrl}`;
  return `${url}${inUrl !== '' && hasBody ? '.' : ''}${inBody}.${nonce}`;
}

type Field = readonly [key: string, value: string];

/** One entry for each value; null when a value is not text, as a nested form field is not. */
function fieldsOf(params: Record<string, unknown>): Field[] | null {
  const fields: Field[] = [];
  for (const [key, value] of Object.entries(params)) {
    for (const single of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof single !== 'string') return null;
      fields.push([key, single]);
    }
  }
  return fields;
}

function sortFields(fields: readonly Field[]): Field[] {
  const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
  return [...fields].sort(([keyA, valueA], [keyB, valueB]) => compare(keyA, keyB) || compare(valueA, valueB));
}

function joinFields(fields: readonly Field[], between: string, after: string): string {
  return fields.map(([key, value]) => key + between + value).join(after);
}

function lowerCased(headers: SignedRequest['headers']): Map<string, string | string[] | undefined> {
  return new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Plivo may send several signatures in one header, separated by commas, for instance while a token is being replaced. */
function headerValues(value: string | string[] | undefined): string[] {
  const lines = Array.isArray(value) ? value : [value ?? ''];
  return lines.flatMap((line) => line.split(',')).flatMap((item) => (item.trim() === '' ? [] : [item.trim()]));
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
