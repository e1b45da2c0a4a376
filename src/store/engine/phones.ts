/** How phones are spelled: known to the numbering plan, which the store does not know. */
export type Phones = {
  /** The canonical form of a stored number; itself where it has no other. */
  canonicalOf(number: string): string;
  /** What else a phone, by its canonical number, may be called in what older versions stored. */
  spellingsOf(number: string): readonly string[];
};

/** For databases in which every phone has one spelling. */
export const AS_STORED: Phones = { canonicalOf: (number) => number, spellingsOf: () => [] };
