import { NumberSet } from '../../domain/numbers/numberSet';
import type { NumberCheck } from '../../domain/numbers/phoneNumber';
import type { AcceptStore } from '../../store/accepting/acceptStore';

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
  readonly checkNumber: NumberCheck;
  readonly hashSeed: number;
  readonly countryOf: (number: string) => string;
  readonly accepting: Pick<AcceptStore, 'optedOutAmong'>;
};

/** Judges a list entry by entry, some at a time, in the order in which they were submitted. */
export type JudgeEntries = (slices: Iterable<readonly string[]>) => AsyncGenerator<JudgedEntry[]>;

export function createEntryJudge({ checkNumber, hashSeed, countryOf, accepting }: EntryJudgeDeps): JudgeEntries {
  return async function* judge(slices) {
    const seen = new NumberSet({ expected: 0, seed: hashSeed });
    for (const slice of slices) {
      const reasons = slice.map((entry) => (entry === '' ? 'has no number' : checkNumber(entry)));
      const optedOut = await accepting.optedOutAmong(slice.filter((_entry, index) => reasons[index] === null));
      yield slice.map((submitted, index): JudgedEntry => {
        const reason = reasons[index] ?? null;
        if (reason !== null) return { submitted, number: null, country: null, verdict: 'invalid', reason };
        const known = { submitted, number: submitted, country: countryOf(submitted) };
        if (!seen.add(submitted)) return { ...known, verdict: 'duplicate', reason: 'stands further up in the list' };
        if (!optedOut.has(submitted)) return { ...known, verdict: 'accepted', reason: null };
        return { ...known, verdict: 'opted_out', reason: 'is on the opt-out list' };
      });
    }
  };
}
