/**
 * A text in plain letters, so that words can be compared: small, without accents, vowel points and invisible characters,
 * full-width and other styled letters as ordinary ones. Punctuation stays. Emoji are blanks, but for those that laugh.
 */
export function plainLetters(text: string): string {
  if (ASCII.test(text))
    return text
      .slice(0, LONGEST)
      .toLowerCase()
      .replace(/([a-z])['`](?=[a-z])/g, '$1');
  return (
    text
      .replace(LAUGHTER, ' haha ')
      // Some emoji are made of a letter or digit and would be read as such: "1️⃣", "ℹ️".
      .replace(/[0-9#*]\ufe0f?\u20e3|\p{Extended_Pictographic}/gu, ' ')
      // Zero-width blanks and joiners, soft hyphens, variation selectors, text direction.
      .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
      .normalize('NFKD')
      // One sign may stand for a whole sentence: "ﷺ" becomes 18 letters.
      .slice(0, LONGEST)
      // Not by any locale: in Turkish, "UNSUBSCRIBE" has no "i".
      .toLowerCase()
      .replace(MARKS, '')
      .replace(/[ıøłðßæœꜱᴀʙᴄᴅᴇɪɴᴏᴘʀᴛᴜ]/gu, (letter) => AS_PLAIN[letter] ?? letter)
      // Hangul and the voiced kana are one character each again.
      .normalize('NFC')
      .replace(/(\p{L})['’`´ʼ](?=\p{L})/gu, '$1')
  );
}

/** Nothing of what follows has anything to do for these, and most texts hold no others. */
const ASCII = /^[ -~\r\n\t]*$/;

/** More than any text that is read. */
const LONGEST = 2400;

/** "Stop 😂" is no wish. */
const LAUGHTER = /[😂🤣😆😹😅😭😜😝😘🥰😍]/gu;

/** Of Latin, Greek and Cyrillic; of Hebrew and Arabic, with the stroke that only stretches a word. Vowels of Indian scripts stay. */
const MARKS = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0640]/gu;

const AS_PLAIN: Readonly<Record<string, string>> = {
  ...{ ı: 'i', ø: 'o', ł: 'l', ð: 'd', ß: 'ss', æ: 'ae', œ: 'oe' },
  ...{ ꜱ: 's', ᴀ: 'a', ʙ: 'b', ᴄ: 'c', ᴅ: 'd', ᴇ: 'e', ɪ: 'i', ɴ: 'n', ᴏ: 'o', ᴘ: 'p', ʀ: 'r', ᴛ: 't', ᴜ: 'u' },
};

/** Letters of other scripts that look like Latin ones, in either case, and digits that stand for letters. */
const AS_LATIN = new Map(
  Object.entries({
    ...{ а: 'a', в: 'b', с: 'c', е: 'e', н: 'h', і: 'i', ј: 'j', к: 'k', м: 'm', о: 'o', р: 'p', ѕ: 's', т: 't' },
    ...{ у: 'y', х: 'x', α: 'a', β: 'b', ε: 'e', ι: 'i', κ: 'k', μ: 'm', ν: 'v', ο: 'o', ρ: 'p', σ: 's', τ: 't' },
    ...{ υ: 'u', χ: 'x', ζ: 'z', '0': 'o', '1': 'i', '3': 'e', '5': 's', $: 's', '@': 'a' },
  }),
);

/** Words that are looked for. */
export type KnownWords = {
  readonly words: ReadonlySet<string>;
  /** The same, of each letter that stands twice and more one. */
  readonly squeezed: ReadonlySet<string>;
};

export const knownWords = (words: ReadonlySet<string>): KnownWords => ({
  words,
  squeezed: new Set(Array.from(words, (word) => spelt(runsOf(word), 1, 1))),
});

/**
 * A word as it was meant: look-alike letters of other scripts among Latin ones ("STОP" with a Cyrillic О), digits for
 * letters ("ST0P"), letters that are held down ("STOPPP").
 */
export function meantWord(word: string, known: KnownWords): string {
  if (known.words.has(word)) return word;
  const inLatin = latin(word);
  if (inLatin === word) return unheld(word, known) ?? word;
  return known.words.has(inLatin) ? inLatin : (unheld(inLatin, known) ?? unheld(word, known) ?? word);
}

function latin(word: string): string {
  if (!/[\p{Script=Cyrillic}\p{Script=Greek}0135$@]/u.test(word)) return word;
  let read = '';
  for (const letter of word) read += AS_LATIN.get(letter) ?? letter;
  return read;
}

/** Two of a letter are spelling ("stoop" is a word); three are a held key. */
function unheld(word: string, { words, squeezed }: KnownWords): string | null {
  const runs = runsOf(word);
  if (!runs.some(({ times }) => times > 2) || !squeezed.has(spelt(runs, 1, 1))) return null;
  return [spelt(runs, 1, 2), spelt(runs, 2, 2), spelt(runs, 1, 1)].find((other) => words.has(other)) ?? null;
}

const spelt = (runs: readonly Run[], held: number, others: number): string =>
  runs.map(({ letter, times }) => letter.repeat(times > 2 ? held : Math.min(times, others))).join('');

type Run = { readonly letter: string; times: number };

function runsOf(word: string): Run[] {
  const runs: Run[] = [];
  for (const letter of word) {
    const last = runs.at(-1);
    if (last?.letter === letter) last.times++;
    else runs.push({ letter, times: 1 });
  }
  return runs;
}
