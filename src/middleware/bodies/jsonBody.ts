import { isUtf8 } from 'node:buffer';
import express, { type Request, type RequestHandler } from 'express';
import { ServiceError } from '../../domain/errors';
import { readJson } from '../json/readJson';
import { idempotencyKeyOf } from './idempotencyKey';
import { notUtf8 } from './strictText';

export type JsonBodyOptions = {
  readonly limitBytes: number;
  /** Recipients of one broadcast: how many entries a list may have at least. */
  readonly maxRecipients?: number;
};

/**
 * Reads a JSON body of at most `limitBytes`.
 *
 * @throws ServiceError `unsupported_content_type` (415) for any other kind of body; what `readJson` throws
 */
export function jsonBody({ limitBytes, maxRecipients = 0 }: JsonBodyOptions): RequestHandler[] {
  return [onlyJson, jsonParser(limitBytes, Math.max(maxRecipients, USUAL_ENTRIES))];
}

/** So many entries are read, so that a list that is somewhat too long for MAX_RECIPIENTS is told how long it is. */
const USUAL_ENTRIES = 1_000_000;

function jsonParser(limit: number, mostEntries: number): RequestHandler {
  const readBytes = express.raw({ limit, type: 'application/json' });
  return (req, res, next) => {
    refuseOtherCharset(req);
    readBytes(req, res, (error?: unknown) => {
      if (error !== undefined) next(error);
      else
        takeJson(req, mostEntries).then(() => {
          next();
        }, next);
    });
  };
}

/** As its parser leaves it: an empty body is an empty object. */
async function takeJson(req: Request, mostEntries: number): Promise<void> {
  const bytes: unknown = req.body;
  if (!Buffer.isBuffer(bytes)) return;
  if (!isUtf8(bytes)) throw notUtf8('The body');
  req.body = bytes.length === 0 ? {} : await readJson(bytes, { mostEntries });
}

/** JSON between programs is UTF-8 (RFC 8259, section 8.1). */
function refuseOtherCharset(req: Request): void {
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(req.get('content-type') ?? '') ?? [];
  if (!/^utf-?8$/i.test(charset))
    throw new ServiceError('unsupported_content_type', 'The charset is not supported. Send UTF-8.');
}

/** What was taken once is read again, whatever the limits say now; only so much that it fits in a string. */
const LARGEST_REPEAT = 256 * 1024 ** 2;
const MOST_REPEATED_ENTRIES = 10_000_000;

export type RepeatableBodyOptions = JsonBodyOptions & {
  /** Whether an idempotency key was used before. */
  readonly isKeyKnown: (key: string) => Promise<boolean>;
};

/** As `jsonBody`; the limit does not hold for a request that may be the repetition of one that was taken. */
export function repeatableJsonBody({ isKeyKnown, ...limits }: RepeatableBodyOptions): RequestHandler[] {
  const { limitBytes, maxRecipients = 0 } = limits;
  const usual = jsonParser(limitBytes, Math.max(maxRecipients, USUAL_ENTRIES));
  const roomy = jsonParser(Math.max(limitBytes, LARGEST_REPEAT), MOST_REPEATED_ENTRIES);
  const read: RequestHandler = async (req, res, next) => {
    const key = mayExceed(req, Math.min(limitBytes, SHORTEST_LONG_LIST)) ? idempotencyKeyOf(req) : null;
    const isRepeat = key !== null && (await isKeyKnown(key));
    await (isRepeat ? roomy : usual)(req, res, next);
  };
  return [onlyJson, read];
}

/** Bytes below which no list has more entries than are read anyway. */
const SHORTEST_LONG_LIST = 2 * USUAL_ENTRIES;

/** What it says of its own length counts only where it is not compressed. */
function mayExceed(req: Request, bytes: number): boolean {
  const isPlain = (req.get('content-encoding') ?? 'identity').toLowerCase() === 'identity';
  return !isPlain || !(Number(req.get('content-length') ?? NaN) <= bytes);
}

/** As `jsonBody`, for a request that may come without any. */
export function optionalJsonBody(options: JsonBodyOptions): RequestHandler[] {
  return jsonBody(options).map(
    (read): RequestHandler =>
      (req, res, next) =>
        hasBody(req) ? read(req, res, next) : next(),
  );
}

/** For a route that takes other kinds of body too: what was read already is left alone. */
export const unlessRead =
  (read: RequestHandler): RequestHandler =>
  (req, res, next) =>
    req.body === undefined ? read(req, res, next) : next();

const hasBody = (req: Request): boolean => req.is('*/*') !== null && req.get('content-length') !== '0';

const onlyJson: RequestHandler = (req, _res, next) => {
  if (!hasBody(req)) {
    throw new ServiceError('invalid_request', 'The request has no body. Send a JSON object.');
  }
  if (req.is('application/json') === false) {
    throw new ServiceError(
      'unsupported_content_type',
      'Send the body as JSON, with the header "Content-Type: application/json"; broadcasts also as text/csv, ' +
        'application/x-ndjson or multipart/form-data.',
    );
  }
  next();
};
