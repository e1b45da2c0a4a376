import { plainLetters } from './letters';

/**
 * Patterns of a few words: `(a|b c)` is one of several, `[a|b c]` may be missing, `<name>` stands for a list. There is no
 * repetition in them, so what they cost does not grow with the text.
 *
 * @throws when a pattern names a list that is not there
 */
export function compilePhrases(
  patterns: readonly string[],
  lists: Readonly<Record<string, string>> = {},
): (words: string, at: number) => number | null {
  const parsed = patterns.map((pattern) => partsOf(pattern, lists));
  const regex = new RegExp(`(?:${parsed.map(sourceOf).join('|')})`, 'uy');
  const firstWords = new RegExp(`(?:${[...new Set(parsed.flatMap(firstWordsOf))].join('|')}) `, 'uy');
  return (words, at) => {
    // Most words begin none of the patterns, and are passed over in less time.
    firstWords.lastIndex = at;
    if (!firstWords.test(words)) return null;
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

function firstWordsOf(parts: readonly Part[]): string[] {
  const end = parts.findIndex(({ mayBeMissing }) => !mayBeMissing);
  return parts.slice(0, end + 1).flatMap(({ choices }) => choices.map((choice) => choice.split(' ')[0] ?? ''));
}
