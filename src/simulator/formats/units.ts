/** The alphabet of 3GPP TS 23.038, section 6.2.1, without the escape character. */
const GSM_BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡' +
    'ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Section 6.2.1.1: each of these takes two places, an escape and a letter. */
const GSM_EXTENDED = new Set('\f^{}\\[~]|€');

/** Places in a text that fits one message, and in each part of a longer one (a header of six bytes takes the rest). */
const PLACES = {
  'GSM-7': { single: 160, part: 153 },
  'UCS-2': { single: 70, part: 67 },
} as const;

/** Longest text in places (https://www.plivo.com/docs/messaging/api/message/send-a-message). */
export const MAX_TEXT_LENGTH = { 'GSM-7': 1600, 'UCS-2': 737 } as const;

export type TextUnits = {
  encoding: 'GSM-7' | 'UCS-2';
  /** In places of the encoding: septets, or UTF-16 code units. */
  length: number;
  /** Parts the text is sent and billed in. */
  units: number;
};

/**
 * One character outside GSM-7 turns the whole text into UCS-2. A character of two places is never cut in half, so a
 * long text can need one part more than its length suggests.
 */
export function countUnits(text: string): TextUnits {
  const characters = Array.from(text);
  const isGsm = characters.every((character) => GSM_BASIC.has(character) || GSM_EXTENDED.has(character));
  const encoding = isGsm ? 'GSM-7' : 'UCS-2';
  const widths = characters.map((character) => {
    if (isGsm) return GSM_EXTENDED.has(character) ? 2 : 1;
    return character.length;
  });
  const length = widths.reduce((sum, width) => sum + width, 0);
  const { single, part } = PLACES[encoding];
  if (length <= single) return { encoding, length, units: 1 };

  let units = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > part) {
      units += 1;
      used = 0;
    }
    used += width;
  }
  return { encoding, length, units };
}
