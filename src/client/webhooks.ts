import type { WebhookPayload } from './types.ts';

/** What came is not from the service, is too old, or was altered. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';
}

export type ReceivedWebhook = {
  /** `WEBHOOK_SECRET`: one, or several while it is being changed, any of which will do. */
  readonly secret: string | readonly string[];
  /** As they came, by any spelling: a `Headers`, or an object such as Node's `request.headers`. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body as it came in, before anybody parsed it. */
  readonly body: string | Uint8Array<ArrayBuffer>;
  /** How far the clocks may be apart, 300 where nothing is said. */
  readonly toleranceSeconds?: number;
  /** The time by which it is judged, in milliseconds. */
  readonly now?: () => number;
};

/**
 * What the service tells, once it is sure that it is from the service (Standard Webhooks). A webhook may come twice: `id` is then
 * the same.
 *
 * @throws WebhookVerificationError
 */
export async function verifyWebhook(received: ReceivedWebhook): Promise<WebhookPayload & { readonly id: string }> {
  const { body, toleranceSeconds = 300, now = Date.now } = received;
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    headerOf(received.headers, name),
  );
  if (id === undefined || timestamp === undefined || signatures === undefined)
    throw new WebhookVerificationError('webhook-id, webhook-timestamp or webhook-signature is missing.');
  if (!/^\d{1,12}$/.test(timestamp)) throw new WebhookVerificationError('webhook-timestamp is no time.');
  if (Math.abs(now() / 1000 - Number(timestamp)) > toleranceSeconds)
    throw new WebhookVerificationError('webhook-timestamp is too far from the time that it is here.');
  const signed = joined(`${id}.${timestamp}.`, body);
  const secrets = typeof received.secret === 'string' ? [received.secret] : received.secret;
  if (!(await isSignedByAny(secrets, signatures, signed)))
    throw new WebhookVerificationError('No signature fits: it was made with another secret, or the body was altered.');
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  return { ...(JSON.parse(text) as WebhookPayload), id };
}

function headerOf(headers: ReceivedWebhook['headers'], name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  const value = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof value === 'string' ? value : value?.join(' ');
}

function joined(prefix: string, body: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const [first, second] = [encoder.encode(prefix), typeof body === 'string' ? encoder.encode(body) : body];
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

/** `crypto.subtle.verify` compares in constant time. Signatures of other versions (`v1a`) are passed over. */
async function isSignedByAny(
  secrets: readonly string[],
  signatures: string,
  signed: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const given = signatures
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => bytesOf(signature.slice('v1,'.length)));
  for (const secret of secrets) {
    const raw = bytesOf(secret.replace(/^whsec_/, ''));
    if (raw === null || raw.length === 0) throw new WebhookVerificationError('A secret is "whsec_" and then base64.');
    const key = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
    for (const signature of given)
      if (signature !== null && (await crypto.subtle.verify('HMAC', key, signature, signed))) return true;
  }
  return false;
}

/** Null where it is no base64. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64.trim()), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
