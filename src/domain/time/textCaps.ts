/** So many texts a person gets at most within any time as long as the window. */
export type TextCap = {
  readonly texts: number;
  /** Milliseconds. */
  readonly windowMs: number;
  /** As it was configured, such as `3/7d`. */
  readonly written: string;
};

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const CAP = /^([1-9][0-9]{0,3})\/([1-9][0-9]{0,5})([mhd])$/;
/** Each is counted for everybody in a claim. */
const MOST_CAPS = 4;
const LONGEST_DAYS = 366;

/** Reads caps such as `3/7d`, or several, `1/12h,3/7d`, which all hold; null when they are written otherwise. */
export function parseTextCaps(text: string): TextCap[] | null {
  const caps = text.split(',').map((one) => parseTextCap(one.trim()));
  return caps.length <= MOST_CAPS && caps.every((cap) => cap !== null) ? caps : null;
}

function parseTextCap(written: string): TextCap | null {
  const [, texts, length, unit = ''] = CAP.exec(written) ?? [];
  const windowMs = Number(length) * (UNIT_MS[unit] ?? NaN);
  return windowMs <= LONGEST_DAYS * 86_400_000 ? { texts: Number(texts), windowMs, written } : null;
}

/** What must be known of the past; 0 without a cap. */
export const longestWindowMs = (caps: readonly TextCap[]): number =>
  caps.reduce((longest, { windowMs }) => Math.max(longest, windowMs), 0);
