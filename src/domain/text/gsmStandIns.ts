import { charactersOf, graphemes } from './characters';
import { isGsm7 } from './segments';

/** What a reader sees as one character and GSM-7 does not have, so that the whole text goes out as UCS-2. */
export type ForcingCharacter = {
  readonly character: string;
  /** Where it first occurs, in UTF-16 code units. */
  readonly index: number;
  /** What to write in its place, all GSM-7; '' to leave it out, null when nothing says the same. */
  readonly standIn: string | null;
};

/** The signs on the left, one by one, are written as the text on the right. */
const SIGNS: readonly (readonly [signs: string, standIn: string | null])[] = [
  ['‘’‚‛‹›′‵ʹʻʼʽˈˊˋ´`❛❜', "'"],
  ['“”„‟«»″‶ʺ˝¨❝❞〝〞〟', '"'],
  ['‐‑‒–—―−⁃˗ˉ¯﹘﹣', '-'],
  ['•‣·∙⋅‧・▪▫◦●○■□◆◇', '-'],
  ['★☆∗✱✲✳⁎', '*'],
  ['⁄∕÷', '/'],
  ['∶', ':'],
  ['、', ','],
  ['。', '.'],
  ['¸', ','],
  ['¦∣│', '|'],
  ['‖', '||'],
  ['‗', '_'],
  ['ˆ', '^'],
  ['˜∼〜≈', '~'],
  ['×', 'x'],
  ['±', '+/-'],
  ['⋯', '...'],
  ['≤', '<='],
  ['≥', '>='],
  ['→➔➜➡', '->'],
  ['←⬅', '<-'],
  ['↔', '<->'],
  ['⇒', '=>'],
  ['∆', 'Δ'],
  ['∏', 'Π'],
  ['∑', 'Σ'],
  ['™', '(TM)'],
  ['℠', '(SM)'],
  ['®', '(R)'],
  ['©', '(C)'],
  ['℗', '(P)'],
  ['№', 'No.'],
  // Not its compatible "μ", whose capital is "M": a thousand million times as much.
  ['µ', 'u'],
  // "10²" is not 102.
  ['²', '^2'],
  ['³', '^3'],
  ['¹⁰⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾', null],
  // Blank on the screen, though no blanks by their category.
  ['\t\u2800', ' '],
  ['\v\u0085\u2028\u2029', '\n'],
  // As people write them next to an amount, ISO 4217 where there is no such custom.
  ['₹', 'Rs.'],
  ['¢', 'c'],
  ['₤', '£'],
  ['₺', 'TL'],
  ['₽', 'RUB'],
  ['₦', 'N'],
  ['₱', 'P'],
  ['₩', 'KRW'],
  ['₪', 'ILS'],
  ['₫', 'VND'],
  ['₴', 'UAH'],
  ['₡', 'CRC'],
  ['฿', 'THB'],
  ['₸', 'KZT'],
  ['₵', 'GHS'],
  ['₲', 'PYG'],
  ['₭', 'LAK'],
  ['₮', 'MNT'],
  ['₼', 'AZN'],
  ['₾', 'GEL'],
  ['₿', 'BTC'],
];

/** Letters that Unicode does not take apart, each followed by its stand-in. */
const LETTERS =
  'łl ŁL đd ĐD ðd ÐD þth ÞTh œoe ŒOE ıi ħh ĦH ŧt ŦT ŋn ŊN ẞSS əe ƏE ǝe ƎE ɛe ƐE ɔo ƆO ɓb ƁB ɗd ƊD ƙk ƘK ƴy ƳY ƒf ' +
  // Small capitals, as in "ꜰʀᴇᴇ".
  'ᴀA ʙB ᴄC ᴅD ᴇE ꜰF ɢG ʜH ɪI ᴊJ ᴋK ʟL ᴍM ɴN ᴏO ᴘP ʀR ꜱS ᴛT ᴜU ᴠV ᴡW ʏY ᴢZ ' +
  // Greek capitals that look like Latin ones. GSM-7 has the others; it has no small ones.
  'ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX';

const STAND_INS: ReadonlyMap<string, string | null> = new Map([
  ...SIGNS.flatMap(([signs, standIn]) => Array.from(signs, (sign) => [sign, standIn] as const)),
  ...LETTERS.split(' ').map((pair) => [pair.slice(0, 1), pair.slice(1)] as const),
]);

/** Code units. Families of emoji have some 40, and putting accents in order takes quadratic time. */
const LONGEST_CHARACTER = 100;
const CIRCLED = /[①-⑳Ⓐ-⓪]/;

/** One entry per distinct character, in the order of the text. Empty for a text that is sent as GSM-7. */
export function forcingCharacters(text: string): ForcingCharacter[] {
  const found = new Map<string, ForcingCharacter>();
  for (const { segment: character, index } of graphemes.segment(text)) {
    if (isGsm7(character) || found.has(character)) continue;
    found.set(character, { character, index, standIn: standInFor(character) });
  }
  return [...found.values()];
}

/** The text with every stand-in there is; GSM-7 if all of its forcing characters have one. */
export function withStandIns(text: string): string {
  let written = '';
  for (const character of charactersOf(text)) {
    const standIn = writtenFor(character);
    // "1½" is not 11/2.
    const apart = standIn !== character && /^\d+\/\d/.test(standIn) && /\d$/.test(written);
    written += apart ? ` ${standIn}` : standIn;
  }
  return written;
}

/** What was found last, emptied where it grows: an emoji takes ten microseconds, and whoever has one in their list has it often. */
const writtenBefore = new Map<string, string>();
const MOST_WRITTEN = 10_000;
/** Code units. Families of emoji and towers of accents are not kept. */
const LONGEST_KEPT = 8;

function writtenFor(character: string): string {
  const before = writtenBefore.get(character);
  if (before !== undefined) return before;
  const written = isGsm7(character) ? character : (standInFor(character) ?? character);
  if (writtenBefore.size >= MOST_WRITTEN) writtenBefore.clear();
  if (character.length <= LONGEST_KEPT) writtenBefore.set(character, written);
  return written;
}

function standInFor(character: string): string | null {
  if (character.length > LONGEST_CHARACTER) return null;
  // Joiners and variation selectors stay behind where the sign they belong to is replaced.
  return spell(character.replace(/\p{Default_Ignorable_Code_Point}/gu, '').normalize('NFD'));
}

/** Of a decomposed text, sign by sign, each with its accents; null as soon as one has no stand-in. */
function spell(decomposed: string): string | null {
  let spelt = '';
  for (const [sign] of decomposed.matchAll(/\P{M}\p{M}*|\p{M}+/gsu)) {
    const standIn = spellSign(sign);
    if (standIn === null) return null;
    spelt += standIn;
  }
  return spelt;
}

function spellSign(sign: string): string | null {
  const [base = '', ...accents] = Array.from(sign);
  // "ǘ" becomes "ü" before it becomes "u": GSM-7 has letters with one accent only.
  const composed = (base + (accents[0] ?? '')).normalize('NFC');
  if (isGsm7(composed)) return composed;
  // Only letters can do without: "≠" is "=" with an accent.
  if (accents.length > 0 && !/[\p{L}\p{N}]/u.test(base)) return null;
  if (isGsm7(base)) return base;
  const listed = STAND_INS.get(base);
  if (listed !== undefined) return listed;
  if (/\p{Zs}/u.test(base)) return ' ';
  // Control characters; the others are line breaks and listed.
  return base < ' ' ? '' : spellCompatible(base);
}

/** By Unicode's own stand-ins, which are letters and digits without their style: fullwidth, bold, joined, in a circle. */
function spellCompatible(base: string): string | null {
  const compatible = base.normalize('NFKD');
  // To Unicode, an accent on its own is like one on a blank.
  if (compatible === base || compatible.startsWith(' ')) return null;
  const spelt = spell(compatible);
  return spelt !== null && CIRCLED.test(base) ? `(${spelt})` : spelt;
}
