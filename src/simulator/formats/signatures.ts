import { createHmac } from 'node:crypto';

export type CallbackMethod = 'GET' | 'POST';
export type SignedRequest = {
  method: CallbackMethod;
  /** As the caller gave it, its own query included, the callback's fields not. */
  url: string;
  fields: Readonly<Record<string, string>>;
  nonce: string;
  authToken: string;
};

/**
 * V2 signs scheme, host and path, followed by the nonce. The query and the body stay unsigned
 * (https://www.plivo.com/docs/messaging/concepts/signature-validation).
 */
export function signV2({ url, nonce, authToken }: Pick<SignedRequest, 'url' | 'nonce' | 'authToken'>): string {
  return hmac(authToken, split(url).base + nonce);
}

/**
 * V3 signs the fields too: sorted `key=value` pairs of the query, then for POST the sorted fields with key and value
 * run together (https://www.plivo.com/docs/voice/xml/request/validation). With fields but no query a lone `?` stands
 * between the URL and the fields; Plivo's own libraries do the same.
 */
export function signV3({ method, url, fields, nonce, authToken }: SignedRequest): string {
  const { base, query } = split(url);
  const entries = [...new URLSearchParams(query), ...(method === 'GET' ? Object.entries(fields) : [])];
  const sortedQuery = sorted(entries, '=').join('&');
  const body = method === 'POST' ? sorted(Object.entries(fields), '').join('') : '';

  let signed = base;
  if (sortedQuery !== '' || body !== '') signed += `?${sortedQuery}`;
  if (sortedQuery !== '' && body !== '') signed += '.';
  return hmac(authToken, `${signed}${body}.${nonce}`);
}

/** The headers of one request. The `Ma` ones carry the main account's signature, which here is the same account. */
export function signatureHeaders(request: SignedRequest, families: 'v2' | 'v3' | 'both'): Record<string, string> {
  const headers: Record<string, string> = {};
  if (families !== 'v3') {
    const signature = signV2(request);
    headers['X-Plivo-Signature-V2'] = signature;
    headers['X-Plivo-Signature-Ma-V2'] = signature;
    headers['X-Plivo-Signature-V2-Nonce'] = request.nonce;
  }
  if (families !== 'v2') {
    const signature = signV3(request);
    headers['X-Plivo-Signature-V3'] = signature;
    headers['X-Plivo-Signature-Ma-V3'] = signature;
    headers['X-Plivo-Signature-V3-Nonce'] = request.nonce;
  }
  return headers;
}

/** Cut as text: parsing as a URL would add a slash to an address without a path, and change what is signed. */
function split(url: string): { base: string; query: string } {
  const [withoutFragment = ''] = url.split('#');
  const at = withoutFragment.indexOf('?');
  if (at === -1) return { base: withoutFragment, query: '' };
  return { base: withoutFragment.slice(0, at), query: withoutFragment.slice(at + 1) };
}

function sorted(entries: [string, string][], joint: string): string[] {
  const byKeyThenValue = [...entries].sort(
    ([keyA, valueA], [keyB, valueB]) => compare(keyA, keyB) || compare(valueA, valueB),
  );
  return byKeyThenValue.map(([key, value]) => `${key}${joint}${value}`);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function hmac(authToken: string, text: string): string {
  return createHmac('sha256', authToken).update(text).digest('base64');
}
