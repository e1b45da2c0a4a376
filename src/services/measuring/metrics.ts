import { Counter, Registry } from 'prom-client';
import type { Logger } from '../../../config/logger';
import type { Pace } from '../../domain/time/pacing';
import type { PoolStand } from '../../store/engine/database';
import type { StandStore } from '../../store/reading/standStore';
import type { FaultStore } from '../../store/sending/faultStore';
import type { PacingStore } from '../../store/sending/pacingStore';
import type { ListFaultStore } from '../../store/settling/listFaultStore';
import { measureProcess } from './processMetrics';
import { measureStand, type Balance, type Look } from './standMetrics';
import { measureWork, type WorkMetrics } from './workMetrics';

export type Metrics = WorkMetrics & {
  /** The account has told what it has. */
  balanceRead(balance: Balance): void;
  /** Prometheus' text format. What is in the database is counted now, and nobody else is asked for it. */
  text(): Promise<string>;
  readonly contentType: string;
  /** Nothing is measured any more. */
  close(): void;
};

export type MetricsDeps = {
  readonly stand: StandStore;
  readonly faults: Pick<FaultStore, 'current'>;
  readonly listFaults: Pick<ListFaultStore, 'current'>;
  readonly pacing: Pick<PacingStore, 'queueState' | 'senderQueues'>;
  readonly pool: () => PoolStand | null;
  /** Of the account; null where its rate is not known. */
  readonly pace: Pace | null;
  readonly logger: Pick<Logger, 'warn'>;
};

/** What the process has done since it began, and how everything stands, for Prometheus. */
export function createMetrics(deps: MetricsDeps): Metrics {
  const registers = [new Registry()];
  const [register] = registers as [Registry];
  const close = measureProcess(registers);
  const work = measureWork(registers);
  const errors = new Counter({ name: 'metrics_failures_total', help: 'Looks that failed', registers });
  const stand = measureStand(registers, deps);
  let balance: Balance | null = null;
  return {
    ...work,
    balanceRead(read) {
      balance = read;
    },
    async text() {
      stand.showPool(deps.pool());
      try {
        stand.show(await lookUp(deps, balance));
      } catch (error) {
        deps.logger.warn('How everything stands could not be read for the metrics', { error });
        // What the process itself knows is told without the database too.
        errors.inc();
        stand.clear();
      }
      return await register.metrics();
    },
    contentType: register.contentType,
    close,
  };
}

async function lookUp({ stand, faults, listFaults, pacing }: MetricsDeps, balance: Balance | null): Promise<Look> {
  const [fault, listFault] = [await faults.current(), await listFaults.current()];
  const { freeAt, now } = await pacing.queueState();
  const senders = [...(await pacing.senderQueues()).values()];
  return {
    stand: await stand.count(),
    dispatchFault: fault?.code ?? null,
    listFault: listFault?.code ?? null,
    queueMs: { account: freeAt - now, sender: Math.max(0, ...senders.map((free) => free - now)) },
    balance,
  };
}
