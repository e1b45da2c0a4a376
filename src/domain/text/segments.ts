/** How a text is sent, and how many SMS it takes. */
export type TextMeasure = {
  encoding: 'GSM-7' | 'UCS-2';
  /** What the limits count: septets in GSM-7, an extension character taking two; UTF-16 code units in UCS-2. */
  characters: number;
  segments: number;
};

type Encoding = {
  /** What an SMS holds on its own, and one of several, which also carries a header. */
  alone: number;
  joined: number;
  /** Plivo docs, "Encoding and concatenation": the longest text it takes. */
  limit: number;
  /** What the code unit at this index adds. */
  widthAt: (text: string, index: number) => number;
};

/** 3GPP TS 23.038 section 6.2.1, GSM 7 bit default alphabet, without the escape. */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** Section 6.2.1.1, its extension table: sent as the escape and one septet more. */
const EXTENSION = '\f^{}\\[~]|€';

/** Septets by code unit; 0 is outside GSM-7. */
const septets = new Uint8Array(0x10000);
for (const character of BASIC) septets[character.charCodeAt(0)] = 1;
for (const character of EXTENSION) septets[character.charCodeAt(0)] = 2;

const gsm7: Encoding = {
  alone: 160,
  joined: 153,
  limit: 1600,
  widthAt: (text, index) => septets[text.charCodeAt(index)] ?? 0,
};

const ucs2: Encoding = {
  alone: 70,
  joined: 67,
  limit: 737,
  // The first half of a surrogate pair counts for both, which keeps them together.
  widthAt: (text, index) => {
    if ((text.codePointAt(index) ?? 0) > 0xffff) return 2;
    return index > 0 && (text.codePointAt(index - 1) ?? 0) > 0xffff ? 0 : 1;
  },
};

/**
 * Encoding, length and number of segments of a text, by 3GPP TS 23.038 and TS 23.040 section 9.2.3.24.1.
 *
 * No character is split over two segments: neither an escape from what follows it nor one half of a surrogate pair
 * from the other. Characters made of several code points, such as family emoji or letters with combining accents, may
 * be: the standard knows 16-bit characters only. Twilio's `sms-segments-calculator` keeps them whole, and so now and
 * then counts one segment more, or too few for one character that is longer than a segment.
 */
export function measureText(text: string): TextMeasure {
  const inSeptets = septetsOf(text);
  if (inSeptets !== -1 && inSeptets <= gsm7.alone) return { encoding: 'GSM-7', characters: inSeptets, segments: 1 };
  const name = inSeptets === -1 ? 'UCS-2' : 'GSM-7';
  return { encoding: name, ...fill(text, name === 'GSM-7' ? gsm7 : ucs2) };
}

/** Whether 3GPP TS 23.038 has all of the text in its GSM 7 bit default alphabet or that alphabet's extension. */
export const isGsm7 = (text: string): boolean => firstOutsideGsm7(text) === -1;

/**
 * What keeps a text from being sent and what to change, or null when nothing does. Indexes are in UTF-16 code units.
 */
export function textProblem(text: string): string | null {
  // First, so that nothing below reads more than 1,600 characters however much was sent.
  if (text.length > gsm7.limit) return tooLong(text.length);
  if (text.trim() === '') return 'must not be empty';
  // Most texts: one look at each character answers all that is asked below.
  const inSeptets = septetsOf(text);
  if (inSeptets !== -1 && inSeptets <= gsm7.limit) return null;
  const nullAt = text.indexOf('\0');
  if (nullAt !== -1) return `has a null character at index ${nullAt}; remove it`;
  const loneAt = firstLoneSurrogate(text);
  if (loneAt !== -1) return `has an unpaired surrogate, half a character, at index ${loneAt}; remove or complete it`;
  return lengthProblem(text);
}

/** What is wrong with a text of so many UTF-16 code units, whatever they are. */
export const tooLong = (length: number): string =>
  `is too long: ${length} characters, of which at most 1600 can be sent, or 737 if any is outside GSM-7`;

function lengthProblem(text: string): string | null {
  const outsideAt = firstOutsideGsm7(text);
  const encoding = outsideAt === -1 ? gsm7 : ucs2;
  const { characters } = fill(text, encoding);
  if (characters <= encoding.limit) return null;
  const why =
    outsideAt === -1
      ? 'where ^ { } [ ] ~ | \\ and the euro sign count as two'
      : `as the character at index ${outsideAt} is outside GSM-7; shorten the text or replace all such characters`;
  return `is too long: ${characters} characters, of which at most ${encoding.limit} can be sent, ${why}`;
}

function fill(text: string, { alone, joined, widthAt }: Encoding): { characters: number; segments: number } {
  let characters = 0;
  let segments = 1;
  let used = 0;
  for (let index = 0; index < text.length; index++) {
    const width = widthAt(text, index);
    characters += width;
    used += width;
    if (used > joined) {
      segments++;
      used = width;
    }
  }
  return { characters, segments: characters <= alone ? 1 : segments };
}

/** -1 where it has something that is outside GSM-7. */
function septetsOf(text: string): number {
  let all = 0;
  for (let index = 0; index < text.length; index++) {
    const width = septets[text.charCodeAt(index)];
    if (!width) return -1;
    all += width;
  }
  return all;
}

function firstOutsideGsm7(text: string): number {
  for (let index = 0; index < text.length; index++) if (!septets[text.charCodeAt(index)]) return index;
  return -1;
}

function firstLoneSurrogate(text: string): number {
  for (let index = 0; index < text.length; index++) {
    const point = text.codePointAt(index) ?? 0;
    if (point >= 0xd800 && point <= 0xdfff) return index;
    if (point > 0xffff) index++;
  }
  return -1;
}
