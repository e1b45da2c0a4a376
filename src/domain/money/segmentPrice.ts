import { ACCOUNT_CURRENCY } from './funds';

/** What is known of the cost of a broadcast. */
export type KnownCost = {
  readonly currency: string | null;
  /** Of all of it; null without prices. */
  readonly estimatedNanos: number | null;
  readonly segments: number;
  /** By delivery reports, in the account's money. */
  readonly billedNanos: number;
  readonly billedUnits: number;
};

/** What so many segments of it cost: as estimated, else as those cost that were billed; 0 where nobody knows. */
export function costOf(units: number, known: KnownCost): number {
  const { currency, estimatedNanos, segments, billedNanos, billedUnits } = known;
  if (estimatedNanos !== null && currency === ACCOUNT_CURRENCY && segments > 0)
    return Math.ceil((estimatedNanos / segments) * units);
  return billedUnits > 0 ? Math.ceil((billedNanos / billedUnits) * units) : 0;
}
