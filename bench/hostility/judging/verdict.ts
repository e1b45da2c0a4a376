import type { FuzzResult } from '../runFuzz';

/** Others may have to wait so long for what the service's own JavaScript did meanwhile. */
const MOST_BUSY_MS = 1000;
/** Waits above this are told, with the input that was under way. */
export const LONG_WAIT_MS = 200;
/** Its memory may be larger at the end by so much: a heap that has not been cleared is no leak. */
const MOST_GROWTH_MB = 200;

/** What is wrong with a whole run, beside its single inputs. */
export function faultsOfRun({ waits, memoryMb, spans }: Pick<FuzzResult, 'waits' | 'memoryMb' | 'spans'>): string[] {
  const busy = waits.filter((wait) => (wait.busyMs ?? 0) > MOST_BUSY_MS && wait.ms > MOST_BUSY_MS);
  const grown = growthMb(memoryMb);
  return [
    ...busy.map(
      ({ at, ms, busyMs }) =>
        `somebody else waited ${Math.round(ms)} ms, ${busyMs ?? 0} ms of them for the service's own work, while inputs ${under(spans, at, ms)} were under way`,
    ),
    ...(grown !== null && grown > MOST_GROWTH_MB ? [`its memory grew by ${Math.round(grown)} MB`] : []),
  ];
}

export const growthMb = ({ before, after }: FuzzResult['memoryMb']): number | null =>
  before === null || after === null ? null : after - before;

const under = (spans: FuzzResult['spans'], at: number, ms: number): string =>
  spans
    .filter(({ from, to }) => from <= at + ms && to >= at)
    .map(({ index }) => index)
    .join(', ');
