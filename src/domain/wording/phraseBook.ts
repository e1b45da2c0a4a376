import type { Work } from './work';

/** Phrases that are known as a whole, each word followed by a blank, and what they mean. */
export type PhraseBook<T> = {
  readonly meanings: ReadonlyMap<string, T>;
  /** Of how many words the longest is that begins with a word. */
  readonly longestBy: ReadonlyMap<string, number>;
};

export function phraseBook<T>(meanings: ReadonlyMap<string, T>): PhraseBook<T> {
  const longestBy = new Map<string, number>();
  for (const phrase of meanings.keys()) {
    const first = wordAt(phrase, 0);
    longestBy.set(first, Math.max(longestBy.get(first) ?? 0, phrase.split(' ').length - 1));
  }
  return { meanings, longestBy };
}

/** Without the blank behind it. */
export const wordAt = (words: string, at: number): string => words.slice(at, words.indexOf(' ', at));

/** The ends and meanings of the phrases that begin at a word, the shortest first. */
export function phrasesAt<T>(
  { meanings, longestBy }: PhraseBook<T>,
  words: string,
  at: number,
  work: Work,
): [end: number, meaning: T][] {
  const found: [number, T][] = [];
  const longest = longestBy.get(wordAt(words, at)) ?? 0;
  work.lookUps++;
  for (let end = at, count = 0; count < longest && end < words.length; count++) {
    end = words.indexOf(' ', end) + 1;
    work.lookUps++;
    const meaning = meanings.get(words.slice(at, end));
    if (meaning !== undefined) found.push([end, meaning]);
  }
  return found;
}
