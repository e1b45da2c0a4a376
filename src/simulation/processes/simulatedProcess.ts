import { composeServices, type Services } from '../../composing/services';
import { cleanUpAfterPredecessor, startWork, stopWork } from '../../composing/work';
import type { Foundation } from '../../composing/foundation';
import { createTimers } from './virtualTimers';
import type { Ground } from '../ground/ground';
import { foundationFor } from './foundationFor';

/** One life of a process: from its start until it is killed or has stopped. */
export type SimulatedProcess = {
  readonly name: string;
  readonly owner: number;
  isDead: boolean;
  stoppedUntil: number;
  /** Takes requests. */
  isUp: boolean;
  readonly onEnd: Set<() => void>;
  /** Null while it starts. */
  work: { readonly services: Services; readonly foundation: Foundation } | null;
  /** Aborts as it is asked to stop. */
  readonly stopping: AbortController;
};

/** With several owners a transaction that stands still is ended by the database, as PostgreSQL is told to. */
const IDLE_IN_TRANSACTION_MS = 10_000;
const DRAIN_MS = 10_000;

export type ProcessKeeper = {
  /** Starts a life; what follows from its end is the caller's affair, and so is a start that fails. */
  start(owner: number, timeoutMs: number, onFailure: () => void): SimulatedProcess;
  kill(life: SimulatedProcess): void;
  /** Stands still for so long and then goes on. */
  stop(life: SimulatedProcess, forMs: number): void;
  /** Ends as on SIGTERM; resolves when it is gone. */
  end(life: SimulatedProcess): Promise<void>;
};

export function createProcessKeeper(
  ground: Ground,
  tamper: (foundation: Foundation) => Foundation = (foundation) => foundation,
): ProcessKeeper {
  const { timeline, lock, shared, trace, record, plan } = ground;
  let starts = 0;

  async function begin(life: SimulatedProcess, timeoutMs: number): Promise<void> {
    const timers = createTimers(ground, life);
    const foundation = tamper(foundationFor(ground, life, { timers, timeoutMs }));
    await cleanUpAfterPredecessor(foundation);
    // No world has imports to undo or webhooks to send, and to look for them took a third of all statements.
    const services = { ...composeServices(foundation, life.stopping.signal), errands: [] };
    life.work = { services, foundation };
    life.isUp = true;
    startWork(services);
    trace(life.name, 'is up', { timeoutMs });
  }

  function cut(life: SimulatedProcess): void {
    if (lock.cut(life)) shared.rollBack();
  }

  function bury(life: SimulatedProcess): void {
    life.isDead = true;
    life.isUp = false;
    cut(life);
    for (const hear of [...life.onEnd]) hear();
    timeline.stir();
  }

  return {
    start(owner, timeoutMs, onFailure) {
      starts++;
      const life: SimulatedProcess = {
        name: `${'abc'[owner] ?? owner}${starts}`,
        owner,
        isDead: false,
        stoppedUntil: 0,
        isUp: false,
        onEnd: new Set(),
        work: null,
        stopping: new AbortController(),
      };
      record.counts.starts++;
      void begin(life, timeoutMs).catch((error: unknown) => {
        trace(life.name, 'cannot start', { error });
        bury(life);
        onFailure();
      });
      return life;
    },
    kill(life) {
      if (life.isDead) return;
      record.counts.crashes++;
      trace(life.name, 'is killed');
      bury(life);
    },
    stop(life, forMs) {
      if (life.isDead) return;
      record.counts.stops++;
      trace(life.name, 'stands still', { forMs });
      life.stoppedUntil = Math.max(life.stoppedUntil, timeline.now() + forMs);
      if (plan.owners > 1 && forMs > IDLE_IN_TRANSACTION_MS)
        timeline.after(IDLE_IN_TRANSACTION_MS, null, () => {
          if (life.stoppedUntil > timeline.now()) cut(life);
        });
    },
    async end(life) {
      const { work } = life;
      if (work === null) return;
      record.counts.restarts++;
      trace(life.name, 'is asked to stop');
      life.isUp = false;
      life.stopping.abort();
      await stopWork(work.services, DRAIN_MS);
      trace(life.name, 'has stopped');
      bury(life);
    },
  };
}
