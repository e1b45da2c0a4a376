import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/**
 * What Standard Webhooks has in `webhook-signature`: one for each secret, the newest first, so that a receiver can change
 * over. `timestamp`: seconds since 1970.
 */
export function webhookSignature(
  secrets: readonly string[],
  { id, timestamp, payload }: { readonly id: string; readonly timestamp: number; readonly payload: string },
): string {
  return secrets
    .map((secret) => createHmac('sha256', Buffer.from(secret.slice(PREFIX.length), 'base64')))
    .map((hmac) => `v1,${hmac.update(`${id}.${timestamp}.${payload}`).digest('base64')}`)
    .join(' ');
}
