import type { Logger } from '../../../config/logger';
import type { PacesOf } from '../../domain/plan/senderRates';
import type { TextCap } from '../../domain/time/textCaps';
import type { Timers } from '../../domain/time/timers';
import type { Claim, ClaimStore } from '../../store/claiming/claimStore';
import type { DispatchFault, FaultStore } from '../../store/sending/faultStore';
import type { ClaimRef } from '../../store/sending/settleStore';
import type { Brake } from './brake';
import type { Budget } from './budget';
import type { CallMaker } from './callMaker';
import { LATEST_START_MS, type CallSlots } from './callSlots';
import { createWakeableSleep } from './wakeableSleep';

export type DispatcherDeps = {
  readonly claims: ClaimStore;
  readonly faults: Pick<FaultStore, 'current' | 'takeProbe' | 'releaseProbe'>;
  readonly brake: Pick<Brake, 'untilClear'>;
  /** Until it is known whether the database is a copy that was put back, nothing is sent. */
  readonly restoreCheck: { readonly isOver: () => boolean };
  readonly slots: CallSlots;
  readonly budget: Budget;
  readonly calls: CallMaker;
  readonly logger: Logger;
  /** Names this process among those that claim batches. */
  readonly owner: string;
  readonly timers: Timers;
  /** Instead of a second, after which it looks for a batch that nobody woke it for. */
  readonly lookEveryMs?: number;
  readonly config: {
    readonly maxConcurrency: number;
    readonly timeoutMs: number;
    readonly pacesOf: PacesOf;
    readonly duplicateWindowMs: number;
    readonly textCaps: readonly TextCap[];
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
  /** Whether a call for the claim is to be made, under way or being written down. */
  isInHand(claim: ClaimRef): boolean;
};

/** Other instances' batches become due without a wake-up here. */
const IDLE_LOOK_MS = 1000;
const AFTER_ERROR_MS = 500;
/** A loop that has not come round for this long hangs. */
const LONGEST_ROUND_MS = 60_000;
/** Room in a lease, beside the call's own time-out, for a late start before it and for writing the outcome after it. */
const LEASE_SLACK_MS = LATEST_START_MS + 5000;

const keyOf = ({ broadcastKey, number, claimNumber }: ClaimRef): string => `${broadcastKey}/${number}/${claimNumber}`;

/** Callers who wait are told of a fault at once; but a call that would be lost, or that Plivo asks not to make, helps nobody. */
const letsAwaitedPass = ({ kind, isAskedFor }: DispatchFault): boolean => kind !== 'unanswered' && !isAskedFor;

/** How long a claim lasts: until then nobody else touches the batch; after it, its outcome counts as unknown. */
const leaseMsFor = (timeoutMs: number): number => timeoutMs + LEASE_SLACK_MS;

/**
 * Claims one batch after another, each in its time slot, and makes the calls to Plivo side by side. One loop decides;
 * it sleeps until something is due or somebody wakes it.
 */
export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  const {
    claims,
    faults,
    restoreCheck,
    brake,
    slots,
    budget,
    calls,
    logger,
    timers,
    config,
    lookEveryMs = IDLE_LOOK_MS,
  } = deps;
  const { monotonicMs } = timers;
  const rest = createWakeableSleep(timers);
  const underWay = new Set<Promise<void>>();
  const inHand = new Set<string>();
  const leaseMs = leaseMsFor(config.timeoutMs);
  let stopping = false;
  let loop: Promise<void> = Promise.resolve();
  let lastRound = monotonicMs();

  async function run(): Promise<void> {
    while (!stopping) {
      lastRound = monotonicMs();
      // However long the delay between batches: a loop that comes round is seen to be alive.
      await rest.sleep(Math.min(await nextStep(), lookEveryMs));
    }
  }

  /** Does what can be done now; returns how many milliseconds may pass before the next look. */
  async function nextStep(): Promise<number> {
    try {
      if (!restoreCheck.isOver() || underWay.size >= config.maxConcurrency) return lookEveryMs;
      const untilFree = Math.max(brake.untilClear(), await slots.untilNext());
      return untilFree > 0 ? untilFree : await claimAndCall();
    } catch (error) {
      logger.error('Dispatch failed and will be tried again', { error });
      return AFTER_ERROR_MS;
    }
  }

  async function claimAndCall(): Promise<number> {
    const fault = await faults.current();
    if (fault?.kind === 'funds') return (await budget.isBack()) ? 0 : lookEveryMs;
    if (fault?.kind === 'restored') return lookEveryMs;
    // Under a fault one call at a time finds out whether it is over.
    if (fault !== null && underWay.size > 0) return lookEveryMs;
    const isResting = fault !== null && fault.retryInMs > 0;
    if (isResting && !letsAwaitedPass(fault)) return Math.min(lookEveryMs, fault.retryInMs);
    const isProbe = fault !== null && !isResting;
    const claimedAt = monotonicMs();
    const result = await claims.claimNextBatch({
      owner: deps.owner,
      leaseMs,
      onlyAwaited: isResting,
      isProbe,
      pacesOf: config.pacesOf,
      duplicateWindowMs: config.duplicateWindowMs,
      textCaps: config.textCaps,
    });
    if (result === null)
      return Math.min(isResting ? fault.retryInMs : lookEveryMs, await untilNextAttempt({ onlyAwaited: isResting }));
    if (result.kind === 'paced') return Math.min(lookEveryMs, result.waitMs);
    if (result.kind === 'claimed' && result.claim.doubtedSince !== null)
      await leaveUnknown(result.claim, result.claim.doubtedSince);
    else if (result.kind === 'claimed') await carryOut(result.claim, claimedAt, { isProbe });
    return 0;
  }

  async function leaveUnknown(claim: Claim, since: number): Promise<void> {
    inHand.add(keyOf(claim));
    await calls.leaveUnknown(claim, claim.claimedAt - since);
    inHand.delete(keyOf(claim));
  }

  async function untilNextAttempt(which: { onlyAwaited: boolean }): Promise<number> {
    const due = await claims.nextAttemptInMs(which);
    // Due but not claimable: somebody else is claiming it, or a fault is in the way.
    return due === null ? lookEveryMs : Math.max(due, 20);
  }

  async function carryOut(claim: Claim, claimedAt: number, { isProbe }: { isProbe: boolean }): Promise<void> {
    const key = keyOf(claim);
    inHand.add(key);
    await budget.prepare();
    const slot = await slots.waitFor(claim, claimedAt);
    if (slot === 'in time' && mayStart(claimedAt) && (await mayCall(claim, { isProbe }))) {
      // Asked again, with nothing to wait for after it: what the budget and the probe are asked takes time, too.
      if (mayStart(claimedAt)) {
        startCall(claim);
        return;
      }
      await giveBackLeave(claim, { isProbe });
    }
    if (slot !== 'none') await slots.giveBack(claim, claimedAt);
    await calls.giveBack(claim);
    inHand.delete(key);
  }

  const mayStart = (claimedAt: number) => !stopping && slots.isInTime(claimedAt);

  async function mayCall(claim: Claim, { isProbe }: { isProbe: boolean }): Promise<boolean> {
    if (!(await budget.covers(claim))) return false;
    if (!isProbe || (await isOurProbe())) return true;
    await budget.giveBack(claim);
    return false;
  }

  async function giveBackLeave(claim: Claim, { isProbe }: { isProbe: boolean }): Promise<void> {
    await budget.giveBack(claim);
    if (isProbe) {
      await faults.releaseProbe().catch((error: unknown) => {
        logger.warn('Another call has to wait until the time of the one that was not made is up', { error });
      });
    }
  }

  async function isOurProbe(): Promise<boolean> {
    return await faults.takeProbe(leaseMs).catch((error: unknown) => {
      logger.error('It cannot be found out whether another call is under way; the batch is given back', { error });
      return false;
    });
  }

  function startCall(claim: Claim): void {
    slots.started(claim);
    const call = calls.call(claim).finally(() => {
      underWay.delete(call);
      inHand.delete(keyOf(claim));
      rest.wake();
    });
    underWay.add(call);
  }

  return {
    start() {
      loop = run();
    },
    wake: () => rest.wake(),
    async stop(drainMs) {
      stopping = true;
      rest.wake();
      const limit = new AbortController();
      const drained = Promise.all([loop, ...underWay]).then(() => limit.abort());
      await Promise.race([drained, timers.sleep(drainMs, limit.signal)]);
      if (underWay.size > 0)
        logger.warn('Calls to Plivo were still under way at the end of the drain time', { calls: underWay.size });
    },
    isAlive: () => !stopping && monotonicMs() - lastRound < LONGEST_ROUND_MS,
    isInHand: (claim) => inHand.has(keyOf(claim)),
  };
}
