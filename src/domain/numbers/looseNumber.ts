/** What is left of a number as people write it: its digits, and whether it says that it begins with a calling code. */
export type LooseNumber = { readonly digits: string; readonly isInternational: boolean };

/** Longer texts are no number, whatever stands in them. */
const LONGEST = 64;

/** Excel and its kind, once they took the number for an amount: 4.477E+11. */
const SHORTENED = /^\+?\d{1,20}(?:[.,]\d{0,20})?\s?E\s?[+-]?\s?\d{1,3}$/i;
/** A table of floating point numbers was saved: 14155550100.0. Else its 0 would be one digit more. */
const FLOATING = /^(\+?\d{5,15})[.,]0{1,6}$/;
/** What spreadsheets put before digits so that they stay text: an apostrophe, ="…", =+…. */
const AS_TEXT = /^=?\s?["'’‘`]\s?|^=\s?(?=\+)|\s?["'’`]$/g;
/** A scheme, or what people write before a number to say what it is; never a fax. */
const LABEL =
  /^(?:tel|sms|smsto|callto|whatsapp|phone|telephone|telefon|ph|mobile|mobil|mob|cell|cel|handy|gsm|m|t|p|c)\s?[:.]{1,2}\s?/i;
/** Left over from a list that was cut at something else. */
const LEFT_OVER = /[,;]+$/;
export const EXTENSION = /\d\s?(?:;?\s?ext(?:ension)?|x|#|durchwahl|poste|int)[.:=]?\s?\d{1,8}$/i;
/** Blanks, dashes of all kinds, brackets, dots and slashes stand between digits; on Japanese keyboards the ー. */
export const SEPARATORS = /[\s\p{Z}\p{Pd}\u2212\u30fc()[\]./·]/gu;
/** Marks for the direction of writing, zero widths, soft hyphens: not seen, but copied along. */
const INVISIBLE = /\p{Cf}|\p{Mn}|[\u115f\u1160\u3164\uffa0]/gu;
const BEYOND_ASCII = /[^\u0020-\u007e]/;
const EXIT = '00';
const DIGITS = /^\+?[0-9]{1,64}$/;
/** "+", 00, a kept 0 and the 15 digits of E.164. */
const MOST_DIALLED = 19;
const FILE_NAME = /\.(?:csv|tsv|txt|xlsx?|ods|numbers|ndjson|jsonl|json|gz)$/i;
const SEVERAL = 'holds more than one number; give each its own entry';

/** A reason is worded to follow the entry's name; the number itself is not repeated, as reasons end up in logs. */
export type Unreadable = { readonly reason: string };

/** Reads what people write around a number's digits. */
export function readLoosely(written: string): LooseNumber | Unreadable {
  if (written.length > LONGEST) return { reason: 'is too long for a phone number' };
  if (DIGITS.test(written)) return readDigits(written);
  const text = tidied(written);
  if (text === '') return { reason: 'is empty' };
  if (isShortened(text))
    return { reason: 'was shortened by a spreadsheet, and its digits are lost: format the column as text first' };
  if (EXTENSION.test(text)) return { reason: 'has an extension, which no text can reach' };
  const bare = text.replace(SEPARATORS, '');
  if (DIGITS.test(bare))
    return bare.length > MOST_DIALLED && holdsSeveral(text) ? { reason: SEVERAL } : readDigits(bare);
  const digits = bare.startsWith('+') ? bare.slice(1) : bare;
  if (digits === '') return { reason: bare === '+' ? 'has no digits after "+"' : 'has no digits' };
  return { reason: strayReason(/[^0-9]/u.exec(digits)?.[0] ?? '', digits, text) };
}

/** "+", or 00 as it is dialled in most countries, or both: then a country code follows. */
function readDigits(text: string): LooseNumber {
  const hasPlus = text.startsWith('+');
  const digits = hasPlus ? text.slice(1) : text;
  const hasExit = digits.startsWith(EXIT);
  return { digits: hasExit ? digits.slice(EXIT.length) : digits, isInternational: hasPlus || hasExit };
}

/** Of a cell that was made plain by `tidied`. */
export const isShortened = (text: string): boolean => SHORTENED.test(text);

/** Without what is not seen, and what programs put around a number; digits are those that everybody reads. */
export function tidied(written: string): string {
  const seen = BEYOND_ASCII.test(written) ? withoutHidden(written) : written;
  const latin = BEYOND_ASCII.test(seen) ? inLatinDigits(seen) : seen;
  const bare = latin.trim().replace(AS_TEXT, '').replace(LABEL, '').replace(LEFT_OVER, '');
  return bare.trim().replace(FLOATING, '$1');
}

const withoutHidden = (text: string) =>
  text
    .replace(INVISIBLE, '')
    .replace(/[\s\p{Z}]+/gu, ' ')
    .trim();

/** The zeros of the scripts whose digits people type numbers in; the other nine follow. */
const ZEROS = [0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xe50, 0xed0, 0x1040, 0x17e0, 0xff10];

/** Full-width, raised and other styled digits and signs are composed into plain ones (NFKC). */
function inLatinDigits(text: string): string {
  const plain = text.normalize('NFKC').replaceAll('\u2795', '+');
  return plain.replace(/\p{Nd}/gu, (digit) => {
    const point = digit.codePointAt(0) ?? 0;
    const zero = ZEROS.find((first) => point >= first && point <= first + 9);
    return zero === undefined ? digit : String(point - zero);
  });
}

function strayReason(stray: string, digits: string, text: string): string {
  if (holdsSeveral(text)) return SEVERAL;
  if (FILE_NAME.test(text)) return 'is the name of a file, not what is in it; with curl, write @ before it';
  if (!/\d/.test(digits)) return 'holds no number';
  if (stray === '+') return 'has a "+" behind its first digit';
  if (/[\p{L}\p{M}]/u.test(stray)) return 'has letters in it; write "+", the country code, then digits only';
  return 'has a character in it that no number has; write "+", the country code, then digits only';
}

function holdsSeveral(text: string): boolean {
  const parts = text.split(/[,;|&+]|\b(?:and|und|et|y|or|oder)\b|\s\/\s/i);
  return parts.filter((part) => /\d{5}/.test(part.replace(SEPARATORS, ''))).length > 1;
}
