import { plainLetters } from './letters';
import { wordAt } from './phraseBook';
import { mayTry, type Work } from './work';

/**
 * Patterns of a few words: `(a|b c)` is one of several, `[a|b c]` may be missing, `<name>` stands for a list. There is no
 * repetition in them, so what they cost does not grow with the text. Each word is tried with those that begin with it only.
 *
 * @throws when a pattern names a list that is not there
 */
export function compilePhrases(
  patterns: readonly string[],
  lists: Readonly<Record<string, string>> = {},
): (words: string, at: number, work: Work) => number | null {
  const parsed = patterns.map((pattern) => partsOf(pattern, lists));
  const firstWords = new Set(parsed.flatMap(firstWordsOf));
  const compiled = new Map<string, RegExp>();
  return (words, at, work) => {
    const first = wordAt(words, at);
    if (!firstWords.has(first) || !mayTry(work)) return null;
    let regex = compiled.get(first);
    if (regex === undefined) compiled.set(first, (regex = regexOf(parsed, first)));
    regex.lastIndex = at;
    return regex.test(words) ? regex.lastIndex : null;
  };
}

type Part = { readonly choices: readonly string[]; readonly mayBeMissing: boolean };

function partsOf(pattern: string, lists: Readonly<Record<string, string>>): Part[] {
  const filled = plainLetters(pattern).replace(/<(\w{1,20})>/g, (_whole, name: string) => {
    const list = lists[name];
    if (list === undefined) throw new Error(`No list is called ${name}.`);
    return plainLetters(list);
  });
  const parts = filled.match(/\[[^\]]*\]|\([^)]*\)|[^\s[\]()]+/gu) ?? [];
  return parts.map((part) => {
    const choices = part.replace(/[[\]()]/g, '').split('|');
    // The longest first: what follows is tried with it before.
    return { choices: choices.sort((a, b) => b.length - a.length), mayBeMissing: part.startsWith('[') };
  });
}

const sourceOf = (parts: readonly Part[]): string =>
  parts
    .map(({ choices, mayBeMissing }) => (mayBeMissing ? `(?:(?:${choices.join('|')}) )?` : `(?:${choices.join('|')}) `))
    .join('');

const firstWordOf = (choice: string): string => choice.split(' ')[0] ?? '';

function firstWordsOf(parts: readonly Part[]): string[] {
  const end = parts.findIndex(({ mayBeMissing }) => !mayBeMissing);
  return parts.slice(0, end + 1).flatMap(({ choices }) => choices.map(firstWordOf));
}

/** Of all patterns what can begin with this word, in their order. */
function regexOf(patterns: readonly Part[][], first: string): RegExp {
  const sources = patterns.flatMap((parts) => beginningWith(parts, first)).map(sourceOf);
  return new RegExp(`(?:${sources.join('|')})`, 'uy');
}

/** A pattern with each of its parts as the first that is there, if it can begin with the word. */
function beginningWith(parts: readonly Part[], first: string): Part[][] {
  const found: Part[][] = [];
  for (const [index, { choices, mayBeMissing }] of parts.entries()) {
    const fitting = choices.filter((choice) => firstWordOf(choice) === first);
    if (fitting.length > 0) found.push([{ choices: fitting, mayBeMissing: false }, ...parts.slice(index + 1)]);
    if (!mayBeMissing) break;
  }
  return found;
}
