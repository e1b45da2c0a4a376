// Texts people once and waits until it is over:  SMS_URL=… SMS_KEY=… node send.mjs 'Doors open at 9.' +14155550101 +14155550102
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const { SMS_URL, SMS_KEY, FOLLOW_SECONDS = '600', IDEMPOTENCY_KEY = randomUUID() } = process.env;
const FINAL = ['completed', 'partially_failed', 'failed', 'cancelled'];
const TRIES = 5;

/** Nothing is done twice by asking again: a broadcast has its Idempotency-Key, all else is reading. */
async function ask(path, init = {}) {
  for (let attempt = 1; ; attempt++) {
    const result = await tryOnce(path, init).catch((error) => ({ lost: error.cause?.message ?? error.message }));
    if (result.body) return result.body;
    const waitSeconds = Math.max(result.retryAfter ?? 0, 2 ** (attempt - 1));
    if (result.refused || attempt === TRIES || waitSeconds > 60)
      throw new Error(result.refused ?? `${result.lost}; run it again with IDEMPOTENCY_KEY=${IDEMPOTENCY_KEY}`);
    await sleep(waitSeconds * 1000);
  }
}

async function tryOnce(path, { headers, ...init }) {
  const response = await fetch(SMS_URL.replace(/\/+$/, '') + path, {
    ...init,
    headers: { 'x-api-key': SMS_KEY, ...headers },
    redirect: 'manual', // The key is for the service only.
    signal: AbortSignal.timeout(60_000),
  });
  if (response.ok) return { body: await response.json() };
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
  const { type = '', title = 'Unexpected answer', detail = '' } = isProblem ? await response.json() : {};
  const reason = `${title}: ${detail} (HTTP ${response.status})`;
  // A gateway that answers for the service may have passed the request on.
  const isForNow =
    [429, 503].includes(response.status) || type.endsWith('/in_progress') || (response.status >= 500 && !isProblem);
  return isForNow
    ? { lost: reason, retryAfter: Number(response.headers.get('retry-after')) || 0 }
    : { refused: reason };
}

async function main([message, ...recipients]) {
  if (!SMS_URL || !SMS_KEY || recipients.length === 0)
    throw new Error('usage: SMS_URL=… SMS_KEY=… node send.mjs MESSAGE NUMBER...');
  const { id } = await ask('/broadcast', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': IDEMPOTENCY_KEY,
      prefer: 'respond-async',
    },
    body: JSON.stringify({ message, recipients }),
  });

  const deadline = Date.now() + Number(FOLLOW_SECONDS) * 1000;
  for (let last = ''; ; await sleep(1000)) {
    const { status, delivery } = await ask(`/broadcast/${id}`);
    const failed = delivery.undelivered + delivery.failed + delivery.invalid;
    const open = delivery.queued + delivery.sent + delivery.unknown;
    const line = `${status}: ${delivery.delivered} delivered, ${failed} failed, ${open} open`;
    if (line !== last) console.log(line);
    last = line;
    // Once it is final, delivery reports still come.
    if ((FINAL.includes(status) && open === 0) || Date.now() > deadline) {
      console.log(`Broadcast ${id} ${line}`);
      return status === 'completed' ? 0 : 1;
    }
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
