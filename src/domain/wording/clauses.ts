import { meantWord, plainLetters } from './letters';

/** Words between two punctuation marks, each followed by one blank. */
export type Clause = { readonly words: string };

/** Letters that stand apart, "S T O P" or "s.t.o.p". */
const SPELT_OUT = /(?<![\p{L}\p{N}])\p{L}(?:[ .\-_*·,/]{1,3}\p{L}){2,40}(?![\p{L}\p{N}])/gu;

/** In scripts that set no blanks between words. */
const COURTESIES = /(请|請|谢谢|謝謝|麻烦|麻煩|お願いします|해주세요|부탁드립니다|감사합니다)/gu;

const MARKS = /([\r\n.!?;:,。、·…|()[\]{}"“”«»„<>/\\]|\s[-–—~]{1,3}\s|[–—])/u;

/** `isWord` tells the words that are looked for: only these are read out of odd spellings. */
export function clausesOf(text: string, isWord: (word: string) => boolean): Clause[] {
  const letters = plainLetters(text)
    .replace(COURTESIES, ' $1 ')
    .replace(SPELT_OUT, (spelt) => joined(spelt, isWord));
  const clauses: Clause[] = [];
  for (const part of letters.split(MARKS)) {
    const found = part.match(/[\p{L}\p{N}@$][\p{L}\p{N}\p{M}@$]*/gu);
    if (found !== null) {
      const words = found.map((word) => meantWord(word, isWord));
      // "STOP STOP STOP" says no more than the first, and "stop stop stop stop texting me" than the last.
      const few =
        new Set(words).size === 1
          ? words.slice(0, 1)
          : words.filter((word, index) => word !== words[index - 1] || word !== words[index - 2]);
      clauses.push({ words: few.map((word) => `${word} `).join('') });
    }
  }
  return clauses;
}

/** "stopstop" too, of "S T O P S T O P". */
function joined(spelt: string, isWord: (word: string) => boolean): string {
  const word = spelt.replace(/[^\p{L}]/gu, '');
  if (isWord(word)) return word;
  const half = word.slice(0, word.length / 2);
  return word === half + half && isWord(half) ? half : spelt;
}
