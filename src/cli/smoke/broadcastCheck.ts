import { randomUUID } from 'node:crypto';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { settledCount, knownCount, type BroadcastStatus } from '../calls/broadcastStatus';
import type { ApiClient } from '../calls/apiClient';
import { describe, failed, passed, post, skipped, type Check, type CheckResult } from './checks';

export type BroadcastCheckOptions = {
  readonly api: ApiClient;
  readonly key: string;
  readonly to: readonly string[];
  /** For the end of the broadcast, and again for the delivery reports. */
  readonly followMs: number;
};

const ENDED = ['completed', 'partially_failed', 'failed', 'cancelled'];
const LOOK_EVERY_MS = 250;

/** Sends one real broadcast and follows it: first until Plivo has it, then until everybody's delivery is reported. */
export function broadcastChecks(options: BroadcastCheckOptions): Check[] {
  if (options.to.length === 0) {
    return [{ name: 'broadcast', run: () => Promise.resolve(skipped('nobody was texted; name somebody with --to')) }];
  }
  let sent: BroadcastStatus | null = null;
  return [
    {
      name: `broadcast to ${options.to.length} recipient(s)`,
      async run() {
        const result = await sendAndFollow(options);
        if ('kind' in result) return result;
        sent = result;
        return judgeEnd(result);
      },
    },
    {
      name: 'delivery reports',
      run: async () =>
        sent === null ? skipped('there is no broadcast to follow') : judgeReports(await reportsOf(options, sent)),
    },
  ];
}

async function sendAndFollow(options: BroadcastCheckOptions): Promise<BroadcastStatus | CheckResult> {
  const { api, key, to, followMs } = options;
  const answer = await api({
    ...post('/broadcast', key, { recipients: to, message: 'Smoke test of the SMS service.', name: 'Smoke test' }),
    headers: { prefer: 'respond-async', 'idempotency-key': randomUUID() },
  });
  if (answer.status !== 202) return failed(`expected 202, got ${describe(answer)}`);
  const { id } = answer.body as BroadcastStatus;
  return await follow({ api, key, id, followMs }, ({ status }) => ENDED.includes(status));
}

async function reportsOf({ api, key, followMs }: BroadcastCheckOptions, { id }: BroadcastStatus) {
  return await follow({ api, key, id, followMs }, (broadcast) => settledCount(broadcast) === knownCount(broadcast));
}

type Followed = { readonly api: ApiClient; readonly key: string; readonly id: string; readonly followMs: number };

/** Reads the broadcast until `isOver`, for `followMs` at most; returns it as it was last seen. */
async function follow(
  { api, key, id, followMs }: Followed,
  isOver: (broadcast: BroadcastStatus) => boolean,
): Promise<BroadcastStatus> {
  const until = performance.now() + followMs;
  for (;;) {
    const answer = await api({ path: `/broadcast/${id}`, key });
    if (answer.status !== 200) throw new Error(`GET /broadcast/${id}: expected 200, got ${describe(answer)}`);
    const broadcast = answer.body as BroadcastStatus;
    if (isOver(broadcast) || performance.now() > until) return broadcast;
    await sleepFor(LOOK_EVERY_MS);
  }
}

function judgeEnd({ id, status, errors }: BroadcastStatus): CheckResult {
  if (status === 'completed') return passed(`id ${id}`);
  const reasons = errors.map(({ message }) => message).join(' ');
  return failed(`it is ${status}, id ${id}. ${reasons}`.trim());
}

function judgeReports(broadcast: BroadcastStatus): CheckResult {
  const { delivery } = broadcast;
  const total = knownCount(broadcast);
  if (delivery.delivered === total) return passed(`${total} delivered`);
  const missing = total - settledCount(broadcast);
  if (missing > 0) return skipped(`${missing} of ${total} not reported in time; reports need PUBLIC_URL`);
  return failed(`${delivery.delivered} of ${total} delivered`);
}
