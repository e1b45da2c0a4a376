import type { Services } from '../../composing/services';
import type { Foundation } from '../../composing/foundation';
import type { Chance } from '../clockwork/chance';
import type { Life } from '../clockwork/timeline';
import { faultsOf } from '../ground/natureOf';
import type { Ground } from '../ground/ground';
import { createProcessKeeper, type SimulatedProcess } from './simulatedProcess';

/** A request to a process: who does it, and how. */
export type Request<T> = (work: { readonly services: Services; readonly foundation: Foundation }) => Promise<T>;

export type Answered<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** Nobody listens. */
  | { readonly kind: 'refused' }
  /** The process ended before it answered. */
  | { readonly kind: 'lost' };

/** All processes of the world, and the way to one of them. */
export type Processes = {
  startAll(): void;
  /** By its number, or the one whose statement or call made the moment. */
  crash(which: Life | number, downMs: number): void;
  /** All of them at once. */
  crashAll(downMs: number): void;
  restart(which: Life | number, downMs: number): void;
  stop(which: Life | number, forMs: number): void;
  /** Makes a request to whichever takes it. A process that stands still takes it and answers late. */
  ask<T>(request: Request<T>): Promise<Answered<T>>;
};

const NETWORK_MS = { from: 1, to: 50 } as const;

/** Whoever watches over the processes starts one anew that could not start. */
const RESTARTED_AFTER_MS = 3000;

export function createProcesses(
  ground: Ground,
  chance: Chance,
  tamper?: (foundation: Foundation) => Foundation,
): Processes {
  const { plan, timeline, trace } = ground;
  const keeper = createProcessKeeper(ground, tamper);
  const others = faultsOf(plan, 'other time-outs')[0]?.timeoutMs ?? [];
  const current: SimulatedProcess[] = [];
  let lives = 0;

  /** Each life takes the next of the time-outs: a rolling change of the setting. */
  const timeoutOf = () =>
    [plan.settings.timeoutMs, ...others][lives++ % (others.length + 1)] ?? plan.settings.timeoutMs;
  const start = (owner: number) => {
    const life = keeper.start(owner, timeoutOf(), () => succeed(life, RESTARTED_AFTER_MS));
    current[owner] = life;
  };
  const lifeOf = (which: Life | number) =>
    typeof which === 'number' ? current[which % plan.owners] : current.find((life) => life === which);
  const succeed = (life: SimulatedProcess, downMs: number) => {
    timeline.after(downMs, null, () => {
      if (current[life.owner] === life) start(life.owner);
    });
  };

  function askOne<T>(life: SimulatedProcess, request: Request<T>, answer: (answered: Answered<T>) => void): void {
    const { work } = life;
    const lose = () => answer({ kind: 'lost' });
    life.onEnd.add(lose);
    const end = (answered: Answered<T>) => {
      life.onEnd.delete(lose);
      answer(answered);
    };
    timeline.after(0, life, () => {
      timeline.stir();
      if (work === null) {
        end({ kind: 'refused' });
        return;
      }
      request(work).then(
        (value) => end({ kind: 'answered', value }),
        (error: unknown) => {
          trace(life.name, 'answers with an error', { error });
          end({ kind: 'failed', error });
        },
      );
    });
  }

  function crash(which: Life | number, downMs: number): void {
    const life = lifeOf(which);
    if (life === undefined || life.isDead) return;
    keeper.kill(life);
    succeed(life, downMs);
  }

  return {
    crash,
    crashAll(downMs) {
      for (let owner = 0; owner < plan.owners; owner++) crash(owner, downMs);
    },
    startAll() {
      for (let owner = 0; owner < plan.owners; owner++)
        timeline.after(chance.between(0, 500), null, () => start(owner));
    },
    restart(which, downMs) {
      const life = lifeOf(which);
      if (life === undefined || life.isDead) return;
      void keeper.end(life).then(() => succeed(life, downMs));
    },
    stop(which, forMs) {
      const life = lifeOf(which);
      if (life !== undefined) keeper.stop(life, forMs);
    },
    ask: (request) =>
      new Promise((resolve) => {
        timeline.after(chance.anyMagnitude(NETWORK_MS.from, NETWORK_MS.to), null, () => {
          const life = chance.pickFrom(current.filter((one) => one.isUp && !one.isDead));
          if (life === undefined) resolve({ kind: 'refused' });
          else askOne(life, request, resolve);
        });
      }),
  };
}
