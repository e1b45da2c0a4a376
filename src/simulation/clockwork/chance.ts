/** Chance that a seed repeats, whoever draws and in whatever order others draw from theirs. */
export type Chance = {
  /** 0 <= value < 1 */
  readonly next: () => number;
  /** Whole, both ends included. */
  readonly between: (from: number, to: number) => number;
  /** Where seconds matter as much as hours: every magnitude is as likely as any other. */
  readonly anyMagnitude: (from: number, to: number) => number;
  readonly happens: (share: number) => boolean;
  readonly pick: <const T>(items: readonly [T, ...T[]]) => T;
  readonly pickFrom: <T>(items: readonly T[]) => T | undefined;
  /** Hexadecimal digits. */
  readonly word: (length: number) => string;
};

/** Mulberry32. `stream` keeps apart what is drawn for one purpose from what is drawn for another. */
export function createChance(seed: number, stream: string): Chance {
  let state = mixed(seed, stream);
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const between = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    between,
    anyMagnitude: (from, to) => Math.round(from * (to / from) ** next()),
    happens: (share) => share > 0 && (share >= 1 || next() < share),
    pick: (items) => items[between(0, items.length - 1)] ?? items[0],
    pickFrom: (items) => items[between(0, items.length - 1)],
    word: (length) => Array.from({ length }, () => between(0, 15).toString(16)).join(''),
  };
}

/** FNV-1a over the stream's name. */
function mixed(seed: number, stream: string): number {
  let hash = (0x811c9dc5 ^ Math.imul(seed + 1, 0x9e3779b1)) >>> 0;
  for (let at = 0; at < stream.length; at++) hash = Math.imul(hash ^ stream.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}
