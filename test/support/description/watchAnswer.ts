import type { IncomingMessage, ServerResponse } from 'node:http';
import { undescribed } from './answerCheck';
import { lookLater } from './exchanges';

/** Characters: what is longer is a file, or a page of a thousand. */
const LONGEST_BODY = 5_000_000;

/** Holds an answer against the description, whoever asked; to be called before the service gets the request. */
export function watchAnswer(req: IncomingMessage, res: ServerResponse): void {
  const { method = '', url = '' } = req;
  const parts: Buffer[] = [];
  let size = 0;
  const keep = (chunk: unknown): void => {
    if (typeof chunk !== 'string' && !Buffer.isBuffer(chunk)) return;
    size += chunk.length;
    if (size <= LONGEST_BODY) parts.push(Buffer.from(chunk));
  };
  const write = res.write.bind(res) as (...args: unknown[]) => boolean;
  const end = res.end.bind(res) as (...args: unknown[]) => ServerResponse;
  let written: object = {};
  const writeHead = res.writeHead.bind(res) as (...args: unknown[]) => ServerResponse;
  // Headers that are handed over there are in no other place.
  res.writeHead = (...args: unknown[]) => {
    written = args.find((arg): arg is object => typeof arg === 'object' && arg !== null) ?? {};
    return writeHead(...args);
  };
  res.write = (...args: unknown[]) => {
    keep(args[0]);
    return write(...args);
  };
  res.end = (...args: unknown[]) => {
    keep(args[0]);
    return end(...args);
  };
  res.on('finish', () => {
    if (size > LONGEST_BODY) return;
    const headers = lowerCased({ ...res.getHeaders(), ...written });
    const body = Buffer.concat(parts).toString('utf8');
    lookLater(() => undescribed({ method, url, status: res.statusCode, headers, body }));
  });
}

const lowerCased = (headers: object): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
