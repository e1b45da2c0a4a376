/**
 * A text in plain letters, so that words can be compared: small, without accents, vowel points and invisible characters,
 * full-width and other styled letters as ordinary ones. Punctuation stays. Emoji are blanks, but for those that laugh.
 */
export function plainLetters(text: string): string {
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

/** Letters of other scripts that look like Latin ones, in either case. */
const LOOK_ALIKES = new Map(
  Object.entries({
    ...{ а: 'a', в: 'b', с: 'c', е: 'e', н: 'h', і: 'i', ј: 'j', к: 'k', м: 'm', о: 'o', р: 'p', ѕ: 's', т: 't' },
    ...{ у: 'y', х: 'x', α: 'a', β: 'b', ε: 'e', ι: 'i', κ: 'k', μ: 'm', ν: 'v', ο: 'o', ρ: 'p', σ: 's', τ: 't' },
    ...{ υ: 'u', χ: 'x', ζ: 'z' },
  }),
);

/**
 * A word as it was meant: look-alike letters of other scripts among Latin ones ("STОP" with a Cyrillic О), digits for
 * letters ("ST0P"), letters that are held down ("STOPPP"). `isKnown` tells the words that are looked for.
 */
export function meantWord(word: string, isKnown: (word: string) => boolean): string {
  if (isKnown(word)) return word;
  const tried = [latin(word), ...squeezed(latin(word)), ...squeezed(word)];
  return tried.find(isKnown) ?? word;
}

function latin(word: string): string {
  if (!/[\p{Script=Cyrillic}\p{Script=Greek}0135$@]/u.test(word)) return word;
  return Array.from(word, (letter) => LOOK_ALIKES.get(letter) ?? DIGITS[letter] ?? letter).join('');
}

const DIGITS: Readonly<Record<string, string>> = { '0': 'o', '1': 'i', '3': 'e', '5': 's', $: 's', '@': 'a' };

/** Two of a letter are spelling ("stoop" is a word); three are a held key. */
function squeezed(word: string): string[] {
  if (!/(.)\1\1/u.test(word)) return [];
  return [word.replace(/(.)\1{2,}/gu, '$1'), word.replace(/(.)\1{2,}/gu, '$1$1'), word.replace(/(.)\1+/gu, '$1')];
}
