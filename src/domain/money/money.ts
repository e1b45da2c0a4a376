/** Amounts are whole billionths ("nanos") of the currency unit: prices have four to six decimals, and sums stay exact. */
export const NANOS = 1_000_000_000;
const DECIMALS = 9;

/**
 * The nanos of a decimal text such as "0.0055" or "12"; digits after the ninth decimal are rounded half up. Null for
 * anything else (sign, exponent, no digit before or after the point) and above 9,007,199.254740991, where nanos are no
 * longer safe integers.
 */
export function parseAmount(text: string): number | null {
  const [, units, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (units === undefined) return null;
  const roundsUp = fraction.charAt(DECIMALS) >= '5';
  const nanos = Number(units) * NANOS + Number(fraction.slice(0, DECIMALS).padEnd(DECIMALS, '0')) + (roundsUp ? 1 : 0);
  return Number.isSafeInteger(nanos) ? nanos : null;
}

/** As `parseAmount`, where a sign may stand before it: what an account has may be a debt. */
export function parseBalance(text: string): number | null {
  const nanos = parseAmount(text.replace(/^-/, ''));
  return nanos === null || nanos === 0 || !text.startsWith('-') ? nanos : -nanos;
}

/** As people write prices: two decimals, more only where needed ("13.20", "0.0055"). */
export function formatAmount(nanos: number): string {
  if (nanos < 0) return `-${formatAmount(-nanos)}`;
  const part = nanos % NANOS;
  const decimals = String(part)
    .padStart(DECIMALS, '0')
    .replace(/0{1,7}$/, '');
  return `${(nanos - part) / NANOS}.${decimals}`;
}
