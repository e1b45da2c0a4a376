// Says whether a webhook is from the service:  node verify-webhook.mjs < body.json
// with WEBHOOK_ID, WEBHOOK_TIMESTAMP and WEBHOOK_SIGNATURE as its headers have them, and WEBHOOK_SECRET as the service has it.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { buffer } from 'node:stream/consumers';

const TOLERANCE_SECONDS = 300;

/** `body`: the bytes as they came in, before anybody parsed them. */
export function isGenuine({ id, timestamp, signature }, body, secrets) {
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Date.now() / 1000 - timestamp) > TOLERANCE_SECONDS) return false;
  // While a secret is being changed there are two of them, and two signatures.
  const given = signature.split(' ').map((one) => Buffer.from(one));
  return secrets.some((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    if (key.length === 0) throw new Error('A secret is "whsec_" and then base64.'); // Anybody can sign with an empty key.
    const hash = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
    const expected = Buffer.from(`v1,${hash}`);
    return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected));
  });
}

const env = process.env;
const headers = {
  id: env.WEBHOOK_ID ?? '',
  timestamp: env.WEBHOOK_TIMESTAMP ?? '',
  signature: env.WEBHOOK_SIGNATURE ?? '',
};
const body = await buffer(process.stdin);
try {
  if (isGenuine(headers, body, (env.WEBHOOK_SECRET ?? '').split(','))) {
    console.log(`genuine ${JSON.parse(body).type}`);
  } else {
    console.log('forged');
    process.exitCode = 1;
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
