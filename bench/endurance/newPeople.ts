import { numberOf } from '../stage/people';

/** Hands out people of whom each gets one broadcast, so that everybody is to have one text at the end. */
export function createPeople() {
  let next = 0;
  return {
    some: (count: number): string[] => Array.from({ length: count }, () => numberOf(next++)),
  };
}

export type People = ReturnType<typeof createPeople>;
