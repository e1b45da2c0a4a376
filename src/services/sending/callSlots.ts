import type { Logger } from '../../../config/logger';
import { loadMs, type Pace } from '../../domain/time/pacing';
import type { Timers } from '../../domain/time/timers';
import type { Claim } from '../../store/claiming/claimStore';
import type { PacingStore } from '../../store/sending/pacingStore';

export type CallSlotsDeps = {
  readonly pacing: PacingStore;
  readonly logger: Logger;
  readonly timers: Timers;
  readonly config: { readonly batchDelayMs: number; readonly callSpacingMs: number };
};

/** When calls may start: spaced over all instances, and no more than Plivo's queues have room for. */
export type CallSlots = {
  /** In how many milliseconds the next call may start, as far as is known without taking a slot. */
  untilNext(): Promise<number>;
  /** Waits for the slot of a claim; the call is made only where that is `in time`. `claimedAt` by the monotonic clock. */
  waitFor(claim: Claim, claimedAt: number): Promise<'in time' | 'too late' | 'none'>;
  /**
   * Whether the call of a claim may still start: by a clock that goes on while the process is stopped, since whoever wakes
   * up late must not send what others may have sent meanwhile. `claimedAt` by the monotonic clock.
   */
  isInTime(claimedAt: number): boolean;
  /** The call of a claim starts now. */
  started(claim: Claim): void;
  /** Plivo did not take what a slot was taken for since then. */
  giveBack(claim: Claim, since: number): Promise<void>;
};

/** A claim older than this is given back unused: the rest of its lease is needed for the call. */
export const LATEST_START_MS = 5000;
/** A slot further away than this is not taken: the claim is given back, so that a STOP still counts. */
const LONGEST_SLOT_WAIT_MS = 2000;
/**
 * The SDK loads parts of itself during its first call (measured: 13 ms until the request arrives, more
 * under load, and 1 to 2 ms later on),
 * so the second call keeps that much more distance.
 */
const FIRST_CALL_ALLOWANCE_MS = 40;

export function createCallSlots({ pacing, logger, timers, config }: CallSlotsDeps): CallSlots {
  const { monotonicMs } = timers;
  let earliestStart = -Infinity;
  let callsStarted = 0;

  /** After a call with a text of its own the next one may come sooner: each carries less. */
  const spacingAfter = ({ isPersonal }: Claim) => (isPersonal ? config.callSpacingMs : config.batchDelayMs);
  const longestSpacingMs = Math.max(config.batchDelayMs, config.callSpacingMs);

  async function take(claim: Claim): Promise<number | null> {
    const { units, paces } = claim;
    const delayMs = spacingAfter(claim);
    if (longestSpacingMs === 0 && paces.account === null && paces.sender === null) return 0;
    const slot = {
      delayMs,
      longestDelayMs: longestSpacingMs,
      longestWaitMs: LONGEST_SLOT_WAIT_MS,
      load: { units, paces },
    };
    return await pacing.takeSlot(slot).catch((error: unknown) => {
      logger.error('A slot could not be taken; the batch is given back', { error });
      return null;
    });
  }

  const isInTime = (claimedAt: number) => monotonicMs() - claimedAt <= LATEST_START_MS;

  /** Timers may fire a little early; a call must not. */
  async function sleepUntil(start: number): Promise<void> {
    for (let left = start - monotonicMs(); left > 0; left = start - monotonicMs()) await timers.sleep(Math.ceil(left));
  }

  return {
    async untilNext() {
      const untilOwn = earliestStart - monotonicMs();
      if (untilOwn > 0) return untilOwn;
      return longestSpacingMs > 0 ? await pacing.untilSlot(longestSpacingMs) : 0;
    },
    async waitFor(claim, claimedAt) {
      const untilSlot = await take(claim);
      if (untilSlot === null) return 'none';
      await sleepUntil(Math.max(monotonicMs() + untilSlot, earliestStart));
      return isInTime(claimedAt) ? 'in time' : 'too late';
    },
    isInTime,
    started(claim) {
      earliestStart = monotonicMs() + spacingAfter(claim) + (callsStarted++ === 0 ? FIRST_CALL_ALLOWANCE_MS : 0);
    },
    /** A queue that is thought to be longer than it is only makes us slower, so a failure is not worth another try. */
    async giveBack({ units, paces: { account, sender } }, since) {
      // What has run down by itself meanwhile cannot be given back.
      const leftOf = (pace: Pace | null) =>
        pace === null ? 0 : Math.max(0, Math.round(loadMs(pace, units) - (monotonicMs() - since)));
      const left = {
        accountMs: leftOf(account),
        sender: sender === null || leftOf(sender) === 0 ? null : { queue: sender.queue, ms: leftOf(sender) },
      };
      if (left.accountMs === 0 && left.sender === null) return;
      await pacing.giveBackLoad(left).catch((error: unknown) => {
        logger.warn('What Plivo did not take could not be taken off its queue', { error });
      });
    },
  };
}
