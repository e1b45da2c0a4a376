import type { IncomingMessage, ServerResponse } from 'node:http';

/** A thousand numbers and the longest text take about 25 kB. */
const MAX_BODY_BYTES = 1_000_000;

export type Fields = Record<string, unknown>;

/** Null when the body is too long or the caller went away. */
export async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    }
  } catch {
    return null;
  }
  return bytes > MAX_BODY_BYTES ? null : Buffer.concat(chunks).toString('utf8');
}

/** A JSON object or a form, as the content type says; null when it is neither. */
export function parseFields(body: string, contentType: string | undefined): Fields | null {
  if (contentType?.includes('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(body));
  return parseJsonObject(body);
}

export function parseJsonObject(body: string): Fields | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
  } catch {
    return null;
  }
}

export function respondJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  respondText(response, status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
}

/** Quietly does nothing when the caller went away meanwhile. */
export function respondText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>>,
): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { 'content-length': String(Buffer.byteLength(text)), ...headers });
  response.end(text);
}
