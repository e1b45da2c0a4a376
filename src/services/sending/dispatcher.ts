import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Logger } from '../../../config/logger';
import { loadMs, type Pace } from '../../domain/time/pacing';
import type { Origin } from '../../domain/plan/senders';
import type { Claim, ClaimStore } from '../../store/sending/claimStore';
import type { PacingStore } from '../../store/sending/pacingStore';
import type { SettleStore } from '../../store/sending/settleStore';
import type { BroadcastChanges } from '../telling/broadcastChanges';
import type { CallSettlement } from './callSettlement';
import type { PlivoService } from '../plivo/plivoService';
import { createWakeableSleep } from './wakeableSleep';

export type DispatcherDeps = {
  readonly claims: ClaimStore;
  readonly settling: SettleStore;
  readonly pacing: PacingStore;
  readonly plivo: Pick<PlivoService, 'send'>;
  readonly settleCall: CallSettlement;
  readonly changes: BroadcastChanges;
  readonly isStorageUnavailable: (error: unknown) => boolean;
  readonly logger: Logger;
  /** Names this process among those that claim batches. */
  readonly owner: string;
  /** Milliseconds that never step, whatever happens to the wall clock. */
  readonly monotonicMs: () => number;
  readonly config: {
    readonly batchDelayMs: number;
    readonly maxConcurrency: number;
    readonly timeoutMs: number;
    readonly publicUrl: string | null;
    readonly pace: Pace | null;
    readonly duplicateWindowMs: number;
  };
};

export type Dispatcher = {
  start(): void;
  /** A batch may be due: look at once. */
  wake(): void;
  /** Claims nothing more; resolves when every call under way is written down, after `drainMs` at the latest. */
  stop(drainMs: number): Promise<void>;
  /** False when the loop has not come round for longer than any of its waits. */
  isAlive(): boolean;
};

/** Other instances' batches become due without a wake-up here. */
const IDLE_LOOK_MS = 1000;
const STORAGE_RETRY_MS = 500;
/** A loop that has not come round for this long hangs. */
const LONGEST_ROUND_MS = 60_000;
/** A claim older than this is given back unused: the rest of its lease is needed for the call. */
const LATEST_START_MS = 5000;
/** A slot further away than this is not taken: the claim is given back, so that a STOP still counts. */
const LONGEST_SLOT_WAIT_MS = 2000;
/** Room in a lease, beside the call's own time-out, for a late start before it and for writing the outcome after it. */
const LEASE_SLACK_MS = LATEST_START_MS + 5000;
/**
 * The SDK loads parts of itself during its first call (measured: 13 ms until the request arrives, more
 * under load, and 1 to 2 ms later on),
 * so the second call keeps that much more distance.
 */
const FIRST_CALL_ALLOWANCE_MS = 40;

/** How long a claim lasts: until then nobody else touches the batch; after it, its outcome counts as unknown. */
export const leaseMsFor = (timeoutMs: number): number => timeoutMs + LEASE_SLACK_MS;

/**
 * Claims one batch after another, each in its time slot, and makes the calls to Plivo side by side. One loop decides;
 * it sleeps until something is due or somebody wakes it.
 */
export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  const { claims, pacing, plivo, settleCall, changes, logger, monotonicMs, config } = deps;
  const rest = createWakeableSleep();
  const calls = new Set<Promise<void>>();
  const leaseMs = leaseMsFor(config.timeoutMs);
  let stopping = false;
  let loop: Promise<void> = Promise.resolve();
  let earliestStart = -Infinity;
  let callsMade = 0;
  let lastRound = monotonicMs();

  async function run(): Promise<void> {
    while (!stopping) {
      lastRound = monotonicMs();
      // However long the delay between batches: a loop that comes round is seen to be alive.
      await rest.sleep(Math.min(await nextStep(), IDLE_LOOK_MS));
    }
  }

  /** Does what can be done now; returns how many milliseconds may pass before the next look. */
  async function nextStep(): Promise<number> {
    try {
      if (calls.size >= config.maxConcurrency) return IDLE_LOOK_MS;
      const untilSlot = earliestStart - monotonicMs();
      if (untilSlot > 0) return untilSlot;
      const untilOthersSlot = config.batchDelayMs > 0 ? await pacing.untilSlot(config.batchDelayMs) : 0;
      if (untilOthersSlot > 0) return untilOthersSlot;
      return await claimAndCall();
    } catch (error) {
      logger.error('Dispatch failed and will be tried again', { error });
      return STORAGE_RETRY_MS;
    }
  }

  async function claimAndCall(): Promise<number> {
    const fault = await pacing.currentFault();
    // Under an account fault one call at a time finds out whether it is over.
    if (fault !== null && calls.size > 0) return IDLE_LOOK_MS;
    const onlyAwaited = fault !== null && fault.retryInMs > 0;
    const claimedAt = monotonicMs();
    const result = await claims.claimNextBatch({
      owner: deps.owner,
      leaseMs,
      onlyAwaited,
      pace: config.pace,
      duplicateWindowMs: config.duplicateWindowMs,
    });
    if (result === null) return Math.min(IDLE_LOOK_MS, onlyAwaited ? fault.retryInMs : await untilNextAttempt());
    if (result.kind === 'paced') return Math.min(IDLE_LOOK_MS, result.waitMs);
    if (result.kind === 'claimed') await callInItsSlot(result.claim, claimedAt);
    return 0;
  }

  async function callInItsSlot(claim: Claim, claimedAt: number): Promise<void> {
    const slot = await waitForSlot(claim, claimedAt);
    if (slot === 'in time') {
      startCall(claim);
      return;
    }
    if (slot === 'too late') await giveBackLoad(claim, claimedAt);
    await giveBack(claim);
  }

  async function untilNextAttempt(): Promise<number> {
    const due = await claims.nextAttemptInMs();
    // Due but not claimable: somebody else is claiming it, or a fault is in the way.
    return due === null ? IDLE_LOOK_MS : Math.max(due, 20);
  }

  /** Waits for the slot of a call; it is made only where that is `in time`. */
  async function waitForSlot(claim: Claim, claimedAt: number): Promise<'in time' | 'too late' | 'none'> {
    const untilSlot = await takeSlot(claim);
    if (untilSlot === null) return 'none';
    await sleepUntil(Math.max(monotonicMs() + untilSlot, earliestStart));
    // The last thing before the call, by a clock that goes on while the process is stopped: whoever wakes up late must
    // not send what others may have sent since.
    return !stopping && monotonicMs() - claimedAt <= LATEST_START_MS ? 'in time' : 'too late';
  }

  async function takeSlot({ units }: Claim): Promise<number | null> {
    const { batchDelayMs: delayMs, pace } = config;
    if (delayMs === 0 && pace === null) return 0;
    const slot = { delayMs, longestWaitMs: LONGEST_SLOT_WAIT_MS, load: pace === null ? null : { units, pace } };
    return await pacing.takeSlot(slot).catch((error: unknown) => {
      logger.error('A slot could not be taken; the batch is given back', { error });
      return null;
    });
  }

  /** A queue that is thought to be longer than it is only makes us slower, so a failure is not worth another try. */
  async function giveBackLoad({ units }: Claim, since: number): Promise<void> {
    if (config.pace === null) return;
    // What has run down by itself meanwhile cannot be given back.
    const left = Math.round(loadMs(config.pace, units) - (monotonicMs() - since));
    if (left <= 0) return;
    await pacing.giveBackLoad(left).catch((error: unknown) => {
      logger.warn('What Plivo did not take could not be taken off its queue', { error });
    });
  }

  function startCall(claim: Claim): void {
    earliestStart = monotonicMs() + config.batchDelayMs + (callsMade++ === 0 ? FIRST_CALL_ALLOWANCE_MS : 0);
    const call = makeCall(claim).finally(() => {
      calls.delete(call);
      rest.wake();
    });
    calls.add(call);
  }

  /** Timers may fire a little early; a call must not. */
  async function sleepUntil(start: number): Promise<void> {
    for (let left = start - monotonicMs(); left > 0; left = start - monotonicMs()) await sleepFor(Math.ceil(left));
  }

  async function giveBack(claim: Claim): Promise<void> {
    const error = { code: 'not_started', status: null, reason: 'The call was not made.' };
    const write = () => deps.settling.recordRefusedForNow(claim, error, { retryInMs: 0, countsAsTry: false });
    await writeDown(write, claim);
  }

  async function makeCall(claim: Claim): Promise<void> {
    const startedAt = monotonicMs();
    const outcome = await plivo.send({
      from: originOf(claim),
      recipients: claim.recipients,
      text: claim.text,
      callbackUrl: config.publicUrl === null ? null : statusCallbackUrl(config.publicUrl, claim.callbackToken),
      expirySeconds: claim.expirySeconds,
      mediaUrls: claim.mediaUrls,
    });
    if (outcome.kind !== 'accepted' && outcome.kind !== 'unknown') await giveBackLoad(claim, startedAt);
    await writeDown(() => settleCall(claim, outcome), claim);
    changes.publish(claim.broadcastId);
  }

  /** An outcome is worth keeping trying for: if it is never written, the batch ends as unconfirmed. */
  async function writeDown(write: () => Promise<unknown>, claim: Claim): Promise<void> {
    for (;;) {
      try {
        await write();
        return;
      } catch (error) {
        logger.error('The outcome of a call could not be written', {
          error,
          broadcastId: claim.broadcastId,
          batch: claim.number,
        });
        if (!deps.isStorageUnavailable(error)) return;
        await sleepFor(STORAGE_RETRY_MS);
      }
    }
  }

  return {
    start() {
      loop = run();
    },
    wake: () => rest.wake(),
    async stop(drainMs) {
      stopping = true;
      rest.wake();
      const drained = Promise.all([loop, ...calls]).then(() => true);
      const limit = new AbortController();
      const inTime = await Promise.race([
        drained,
        sleepFor(drainMs, false, { signal: limit.signal }).catch(() => false),
      ]);
      limit.abort();
      if (!inTime)
        logger.warn('Calls to Plivo were still under way at the end of the drain time', { calls: calls.size });
    },
    isAlive: () => !stopping && monotonicMs() - lastRound < LONGEST_ROUND_MS,
  };
}

/** Where Plivo reports on a batch; the token in the path is a second secret beside the signature. */
export const statusCallbackUrl = (publicUrl: string, token: string): string =>
  `${publicUrl}/webhooks/plivo/status/${token}`;

const originOf = ({ sender, powerpackUuid }: Claim): Origin =>
  powerpackUuid === null ? { sender: sender ?? '' } : { powerpackUuid };
