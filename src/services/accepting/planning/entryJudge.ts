import { NumberSet } from '../../../domain/numbers/numberSet';
import type { NumberReader } from '../../../domain/numbers/phoneNumber';
import type { AcceptStore } from '../../../store/accepting/acceptStore';

export type Verdict = 'accepted' | 'duplicate' | 'invalid' | 'opted_out';

/** What became of one entry of a submitted list. */
export type JudgedEntry = {
  readonly submitted: string;
  /** In canonical form; null where it is none. */
  readonly number: string | null;
  readonly country: string | null;
  readonly verdict: Verdict;
  /** What is wrong with it, or why it is left out. */
  readonly reason: string | null;
};

export type EntryJudgeDeps = {
  readonly hashSeed: number;
  readonly countryOf: (number: string) => string;
  readonly accepting: Pick<AcceptStore, 'optedOutAmong'>;
};

/** Judges a list entry by entry, some at a time, in the order in which they were submitted. */
export type JudgeEntries = (slices: Iterable<readonly string[]>, reader: NumberReader) => AsyncGenerator<JudgedEntry[]>;

export function createEntryJudge({ hashSeed, countryOf, accepting }: EntryJudgeDeps): JudgeEntries {
  return async function* judge(slices, reader) {
    const seen = new NumberSet({ expected: 0, seed: hashSeed });
    for (const slice of slices) {
      const numbers = slice.map((entry) => reader.read(entry));
      const optedOut = await accepting.optedOutAmong(numbers.filter((number) => number !== null));
      yield slice.map((submitted, index): JudgedEntry => {
        const number = numbers[index] ?? null;
        if (number === null) {
          const reason = submitted === '' ? 'has no number' : reader.explain(submitted);
          return { submitted, number: null, country: null, verdict: 'invalid', reason };
        }
        const known = { submitted, number, country: countryOf(number) };
        if (!seen.add(number)) return { ...known, verdict: 'duplicate', reason: 'stands further up in the list' };
        if (!optedOut.has(number)) return { ...known, verdict: 'accepted', reason: null };
        return { ...known, verdict: 'opted_out', reason: 'is on the opt-out list' };
      });
    }
  };
}
