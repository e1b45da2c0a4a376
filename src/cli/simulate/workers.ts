import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { FaultKind } from '../../simulation/faults/fault';
import type { SeedResult } from './seedRun';

export type WorkersOptions = {
  readonly from: number;
  readonly count: number;
  readonly without: readonly FaultKind[];
  readonly workers: number;
  readonly onResult: (result: SeedResult) => void;
};

type Said = SeedResult | { readonly done: true } | { readonly seed: number; readonly broken: string };

const SEEDS_AT_ONCE = 20;

/**
 * Plays the seeds on several processors. Processes and not threads: the database's driver cannot be loaded twice in one.
 *
 * @throws Error where a worker ends before its seeds do
 */
export async function playOnWorkers({ from, count, without, workers, onResult }: WorkersOptions): Promise<void> {
  let next = from;
  const end = from + count;
  const feed = (worker: ChildProcess) => {
    const share = Math.min(SEEDS_AT_ONCE, end - next);
    if (share <= 0) {
      worker.disconnect();
      return;
    }
    worker.send({ from: next, count: share, without });
    next += share;
  };
  const run = () =>
    new Promise<void>((resolve, reject) => {
      const worker = fork(join(__dirname, 'worker.js'));
      worker.on('message', (said: Said) => {
        if ('done' in said) feed(worker);
        else if ('broken' in said) reject(new Error(`seed ${said.seed}: ${said.broken}`));
        else onResult(said);
      });
      worker.on('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`a worker ended with ${code ?? 'a signal'}`)),
      );
    });
  await Promise.all(Array.from({ length: Math.min(workers, Math.ceil(count / SEEDS_AT_ONCE)) }, run));
}
