import { meantWord, plainLetters, type KnownWords } from './letters';

/** Words between two punctuation marks, each followed by one blank. */
export type Clause = { readonly words: string };

/** Letters that stand apart, "S T O P" or "s.t.o.p". */
const SPELT_OUT = /(?<![\p{L}\p{N}])\p{L}(?:[ .\-_*·,/]{1,3}\p{L}){2,40}(?![\p{L}\p{N}])/gu;

/** In scripts that set no blanks between words. */
const COURTESIES = /(请|請|谢谢|謝謝|麻烦|麻煩|お願いします|해주세요|부탁드립니다|감사합니다)/gu;

/** A word, the end of a line, or a mark that ends a clause. */
const TOKENS =
  /[\p{L}\p{N}@$][\p{L}\p{N}\p{M}@$]*|\n|[\r.!?;:,。、·…|()[\]{}"“”«»„<>/\\]|[^\S\n][-–—~]{1,3}[^\S\n]|[–—]/gu;
const IS_WORD = /^[\p{L}\p{N}@$]/u;

/** Only known words are read out of odd spellings. */
export const clausesOf = (text: string, known: KnownWords): Clause[] => clausesByLine(text, known).flat();

/** The same, of each line: no clause goes beyond one. */
export function clausesByLine(text: string, known: KnownWords): Clause[][] {
  const letters = plainLetters(text)
    .replace(COURTESIES, ' $1 ')
    .replace(SPELT_OUT, (spelt) => joined(spelt, known));
  const lines: Clause[][] = [[]];
  let words: string[] = [];
  const endClause = () => {
    if (words.length > 0) lines.at(-1)?.push(clauseOf(words));
    words = [];
  };
  for (const token of letters.match(TOKENS) ?? []) {
    if (IS_WORD.test(token)) {
      words.push(meantWord(token, known));
      continue;
    }
    endClause();
    if (token === '\n') lines.push([]);
  }
  endClause();
  return lines;
}

/** "STOP STOP STOP" says no more than the first, and "stop stop stop stop texting me" than the last. */
function clauseOf(words: readonly string[]): Clause {
  const few = words.every((word) => word === words[0])
    ? words.slice(0, 1)
    : words.filter((word, index) => word !== words[index - 1] || word !== words[index - 2]);
  return { words: `${few.join(' ')} ` };
}

/** "stopstop" too, of "S T O P S T O P". */
function joined(spelt: string, { words }: KnownWords): string {
  const word = spelt.replace(/[^\p{L}]/gu, '');
  if (words.has(word)) return word;
  const half = word.slice(0, word.length / 2);
  return word === half + half && words.has(half) ? half : spelt;
}
