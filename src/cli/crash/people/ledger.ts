import type { Simulator } from '../../../simulator/simulator';

/** What should have come of it, and what the simulated Plivo really took. */
export type Ledger = {
  /** Example numbers that no round had before. */
  freshNumbers(count: number): string[];
  /** So many more texts are owed to each of these people. */
  owe(numbers: readonly string[], texts?: number): void;
  /** Counts since the last call: people owed something, texted too often, too seldom, and not owed anything at all. */
  compare(): Comparison;
};

export type Comparison = {
  /** People who are owed a text; who is in two broadcasts counts twice. */
  readonly recipients: number;
  readonly texts: number;
  readonly tooMany: number;
  readonly missing: number;
};

/** +1 415 555 0000 and on: given to nobody. */
const FIRST_NUMBER = 5_550_000;

export function createLedger(simulator: Pick<Simulator, 'texts'>): Ledger {
  const owed = new Map<string, number>();
  let next = FIRST_NUMBER;
  return {
    freshNumbers(count) {
      const from = next;
      next += count;
      return Array.from({ length: count }, (_, index) => `+1415${from + index}`);
    },
    owe(numbers, texts = 1) {
      for (const number of numbers) owed.set(number.slice(1), (owed.get(number.slice(1)) ?? 0) + texts);
    },
    compare() {
      const taken = simulator.texts();
      let [recipients, texts, tooMany, missing] = [0, 0, 0, 0];
      for (const [number, count] of taken) {
        texts += count;
        if (count > (owed.get(number) ?? 0)) tooMany++;
      }
      for (const [number, count] of owed) {
        recipients += count;
        if ((taken.get(number) ?? 0) < count) missing++;
      }
      return { recipients, texts, tooMany, missing };
    },
  };
}
