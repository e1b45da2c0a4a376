import { lookup } from 'node:dns/promises';
import { isPublicAddress } from '../../../services/telling/publicAddress';
import type { ReachFacts, WebAnswer } from '../facts';
import { within } from './within';

export type Post = {
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
};

/** Calls an address as Plivo would: redirects are not followed. Never rejects. */
export async function askWeb(url: string, timeoutMs: number, post?: Post): Promise<WebAnswer> {
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      ...(post === undefined ? {} : { method: 'POST', headers: post.headers, body: new URLSearchParams(post.form) }),
    });
    const body = parsed(await response.text());
    return {
      kind: 'answered',
      status: response.status,
      isLive: response.status === 200 && fieldOf(body, 'status') === 'ok',
      problem: /^\/docs\/problems\/(\w+)$/.exec(String(fieldOf(body, 'type')))?.[1] ?? null,
      location: response.headers.get('location'),
    };
  } catch (error) {
    return { kind: 'silent', why: whyNot(error, timeoutMs) };
  }
}

/** The addresses of a name; empty where it has none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export const resolveByDns: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/** Whether the public address can be reached from here, and whether it leads out of the network at all. */
export async function askReach(
  url: string,
  { apiUrl, timeoutMs, resolve }: { readonly apiUrl: string; readonly timeoutMs: number; readonly resolve: Resolve },
): Promise<ReachFacts> {
  const inTime: Resolve = (host) => within(timeoutMs, resolve(host));
  const [privateAddress, plivosPrivateAddress, live] = await Promise.all([
    privateAddressOf(url, inTime),
    privateAddressOf(apiUrl, inTime),
    askWeb(`${url}/health/live`, timeoutMs),
  ]);
  return { url, privateAddress, isPlivoPrivate: plivosPrivateAddress !== null, live };
}

/** An address of the host that only this network knows, where it has no other. */
async function privateAddressOf(url: string, resolve: Resolve): Promise<string | null> {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const addresses = await resolve(host).catch(() => []);
  return addresses.some(isPublicAddress) ? null : (addresses[0] ?? null);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const fieldOf = (body: unknown, name: string): unknown =>
  typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;

function whyNot(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return 'no answer';
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs / 1000} s`;
  // fetch hides the reason (ECONNREFUSED and the like) one level down.
  const { cause } = error;
  if (!(cause instanceof Error)) return 'no answer';
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}
