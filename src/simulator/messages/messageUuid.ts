import { formatUuid } from '../clockwork/seededRandom';

/** Odd, hence invertible modulo 2^32. */
const STEP = 0x9e3779b1;
const STEP_BACK = inverse(STEP);

/**
 * Message uuids that are computed from a running index and not stored: a million messages would otherwise hold a million
 * strings and a map over them. They look random, and `indexOf` finds the way back.
 */
export type MessageUuids = {
  uuidOf(index: number): string;
  /** Null when the text is no uuid that this simulator gives out. */
  indexOf(uuid: string): number | null;
};

/** `salt` (32 bits) makes the uuids of two simulators differ. */
export function createMessageUuids(salt: number): MessageUuids {
  const uuidOf = (index: number): string => {
    const first = (Math.imul(index + 1, STEP) ^ salt) >>> 0;
    return formatUuid(hex(first) + hex(mix(first, salt, 1)) + hex(mix(first, salt, 2)) + hex(mix(first, salt, 3)));
  };
  return {
    uuidOf,
    indexOf: (uuid) => {
      const first = Number.parseInt(uuid.slice(0, 8), 16);
      if (Number.isNaN(first)) return null;
      const index = (Math.imul((first ^ salt) >>> 0, STEP_BACK) >>> 0) - 1;
      return uuidOf(index) === uuid.toLowerCase() ? index : null;
    },
  };
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}

function mix(word: number, salt: number, round: number): number {
  let mixed = Math.imul(word ^ Math.imul(salt, round), 0x85ebca6b) + round;
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Newton's iteration doubles the number of right bits with each round. */
function inverse(odd: number): number {
  let guess = odd;
  for (let round = 0; round < 5; round += 1) guess = Math.imul(guess, 2 - Math.imul(odd, guess));
  return guess >>> 0;
}
