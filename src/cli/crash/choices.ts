import { createSeededRandom } from '../../simulator/clockwork/seededRandom';

/** Chance that a seed repeats. What the processes make of it still depends on their timing. */
export type Choices = {
  /** 0 to 1, 1 left out. */
  readonly next: () => number;
  /** Whole, both ends included. */
  readonly between: (from: number, to: number) => number;
  readonly chance: (share: number) => boolean;
  readonly pick: <T>(items: readonly [T, ...T[]]) => T;
};

/** A round draws from a generator of its own, so that it can be repeated without those before it. */
export function createChoices(seed: number, round: number): Choices {
  const random = createSeededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(round + 1, 0x85ebca6b));
  const between = (from: number, to: number) => from + random.whole(to - from + 1);
  return {
    next: () => random.next(),
    between,
    chance: (share) => random.chance(share),
    pick: (items) => items[between(0, items.length - 1)] ?? items[0],
  };
}
