import { lookup, type LookupAddress } from 'node:dns';
import { request as requestHttp, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './publicAddress';

export type WebhookRequest = {
  readonly url: string;
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** `error`: why it was not taken, in words that hold no secret; null where it was. */
export type WebhookAnswer = { readonly status: number | null; readonly error: string | null };

/** Posts, and never rejects. */
export type WebhookSender = (request: WebhookRequest, signal: AbortSignal) => Promise<WebhookAnswer>;

export type WebhookSenderOptions = {
  /** Addresses inside the network too, and plain http. */
  readonly allowPrivate: boolean;
  readonly timeoutMs: number;
  /** Replaces the system's look-up, for tests. */
  readonly lookUp?: typeof lookup;
};

class PrivateAddressError extends Error {
  readonly code = 'EPRIVATE';
}

class ClosedError extends Error {
  readonly code = 'ECONNRESET';
}

/**
 * Posts to addresses that others name. A name is looked up once, and the connection goes to what was found: one that
 * leads elsewhere the next moment leads nowhere. Redirects are not followed, so that they cannot lead inside either.
 */
export function createWebhookSender({ allowPrivate, timeoutMs, lookUp = lookup }: WebhookSenderOptions): WebhookSender {
  const lookUpPublic = publicLookup(lookUp);
  return async (request, signal) => {
    const url = new URL(request.url);
    const problem = addressProblem(url, allowPrivate);
    if (problem !== null) return { status: null, error: problem };
    const given = new AbortController();
    const giveUp = () => given.abort();
    const tooLate = new Error();
    const timer = setTimeout(() => given.abort(tooLate), timeoutMs);
    signal.addEventListener('abort', giveUp);
    try {
      const lookup = allowPrivate ? {} : { lookup: lookUpPublic };
      const status = await post(url, request, { signal: given.signal, ...lookup });
      return { status, error: answerProblem(status) };
    } catch (error) {
      return {
        status: null,
        error: given.signal.reason === tooLate ? `No answer came within ${timeoutMs / 1000} s.` : inWords(error),
      };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  };
}

function post(url: URL, { payload, headers }: WebhookRequest, options: RequestOptions): Promise<number> {
  const body = Buffer.from(payload);
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = send(
      url,
      {
        ...options,
        method: 'POST',
        // A connection that is kept would not be looked up again.
        agent: false,
        headers: { ...headers, 'content-length': String(body.length), connection: 'close' },
      },
      (answer) => {
        resolve(answer.statusCode ?? 0);
        // What they say beyond that is of no use here, and may be endless.
        answer.destroy();
      },
    );
    sent.on('upgrade', (answer, socket) => {
      resolve(answer.statusCode ?? 0);
      socket.destroy();
    });
    sent.on('error', reject);
    // Whatever else ends it says no more than that; once something was answered, this changes nothing.
    sent.on('close', () => reject(new ClosedError()));
    sent.end(body);
  });
}

/** An address that is one already is never looked up. */
function addressProblem(url: URL, allowPrivate: boolean): string | null {
  if (allowPrivate) return null;
  if (url.protocol !== 'https:') return 'The address is not https; set WEBHOOK_ALLOW_PRIVATE where that is meant.';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(host) !== 0 && !isPublicAddress(host) ? INSIDE : null;
}

const INSIDE =
  'The address leads inside the network, where nothing is told; set WEBHOOK_ALLOW_PRIVATE where that is meant.';

/** Where one of several addresses leads inside, none is used. */
const publicLookup =
  (lookUp: typeof lookup): LookupFunction =>
  (hostname, options, done) => {
    lookUp(hostname, { ...options, all: true }, (error, found: LookupAddress[] | undefined) => {
      const addresses = found ?? [];
      const [first] = addresses;
      if (error !== null || first === undefined) done(error ?? new Error('No address was found.'), '', 4);
      else if (!addresses.every(({ address }) => isPublicAddress(address))) done(new PrivateAddressError(), '', 4);
      else if (options.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };

function answerProblem(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) return `The answer was a redirect (${status}), which is not followed.`;
  return `The answer was ${status}.`;
}

/** By the code alone: texts of errors may hold more of an address than is to be shown. */
function inWords(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
  if (code === 'EPRIVATE') return INSIDE;
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'The connection was refused.',
    ECONNRESET: 'The connection was cut.',
    ENOTFOUND: 'There is no such host.',
    EAI_AGAIN: 'The host could not be looked up.',
  };
  return known[code] ?? `The request failed (${code}).`;
}
