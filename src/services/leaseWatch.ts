import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Logger } from '../../config/logger';
import type { SettleStore } from '../store/settleStore';

export type LeaseWatchDeps = {
  readonly settling: SettleStore;
  readonly logger: Logger;
  /** The only process that can hold leases, where that is so; all others' are lost from the start. */
  readonly soleOwner: string | null;
  readonly leaseMs: number;
};

export type LeaseWatch = {
  /** Looks once and then again and again. */
  start(): Promise<void>;
  stop(): Promise<void>;
};

const LOOK_EVERY_MS = 1000;

/** Finds batches whose sender died or hangs. Nobody knows whether Plivo has them, so they become unconfirmed. */
export function createLeaseWatch({ settling, logger, soleOwner }: LeaseWatchDeps): LeaseWatch {
  const stopped = new AbortController();
  let loop: Promise<void> = Promise.resolve();

  async function look(exceptOwner: string | null): Promise<void> {
    try {
      const expired = await settling.expireLeases({ exceptOwner });
      if (expired > 0)
        logger.warn('Batches lost their sender; it is unknown whether Plivo took them', { batches: expired });
    } catch (error) {
      logger.error('Leases could not be checked and will be looked at again', { error });
    }
  }

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      await sleepFor(LOOK_EVERY_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
      await look(null);
    }
  }

  return {
    async start() {
      if (soleOwner !== null) await look(soleOwner);
      loop = run();
    },
    async stop() {
      stopped.abort();
      await loop;
    },
  };
}
