/** Chance that repeats: the same seed gives the same run, so that a failing test can be looked at again. */
export type SeededRandom = {
  /** 0 <= value < 1 */
  next(): number;
  /** 0 <= value < below, whole. */
  whole(below: number): number;
  /** True with this probability (0..1). Draws nothing at 0 and 1, so unused settings do not shift the others' luck. */
  chance(share: number): boolean;
  /** A new order in which nothing keeps its old place (Sattolo's algorithm); one element stays where it is. */
  displaced<T>(items: readonly T[]): T[];
  uuid(): string;
  digits(count: number): string;
};

/** Mulberry32: 32 bits of state, fast, good enough for a play; never for secrets. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const whole = (below: number): number => Math.floor(next() * below);
  const word = (): string => whole(0x1_0000_0000).toString(16).padStart(8, '0');

  return {
    next,
    whole,
    chance: (share) => share > 0 && (share >= 1 || next() < share),
    displaced: (items) => {
      const order = [...items];
      for (let at = order.length - 1; at > 0; at -= 1) {
        const other = whole(at);
        [order[at], order[other]] = [order[other] as (typeof order)[number], order[at] as (typeof order)[number]];
      }
      return order;
    },
    uuid: () => formatUuid(word() + word() + word() + word()),
    digits: (count) => Array.from({ length: count }, () => String(whole(10))).join(''),
  };
}

/** 32 hexadecimal digits in the usual groups of 8-4-4-4-12. */
export function formatUuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
