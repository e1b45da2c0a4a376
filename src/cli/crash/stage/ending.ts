import { setTimeout as sleepFor } from 'node:timers/promises';

/** What has to be done at the end of something that was begun, the last first. */
export type Ending = {
  add(work: () => unknown): void;
  /** Does it, once. */
  end(): Promise<void>;
};

const LONGEST_END_MS = 5000;

const open = new Set<Ending>();
let isOver = false;

/** @throws Error when the test was told to end before its time */
export function createEnding(): Ending {
  if (isOver) throw new Error('The test was told to end.');
  const works: (() => unknown)[] = [];
  const ending: Ending = {
    add: (work) => void works.push(work),
    async end() {
      open.delete(ending);
      for (let work = works.pop(); work !== undefined; work = works.pop()) await work();
    },
  };
  open.add(ending);
  return ending;
}

/** The test ends before its time: nothing new is begun, and what is open is taken away as far as that goes quickly. */
export async function endEverything(): Promise<void> {
  isOver = true;
  const ends = [...open].map((ending) => ending.end().catch(() => undefined));
  await Promise.race([Promise.all(ends), sleepFor(LONGEST_END_MS, undefined, { ref: false })]);
}
