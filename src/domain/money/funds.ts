/** What the Plivo account says of its money. */
export type Funds = {
  /** Billionths of `ACCOUNT_CURRENCY`; below 0 for a debt. */
  readonly balanceNanos: number;
  /** It pays in by itself when little is left. */
  readonly autoRecharge: boolean;
  /** `prepaid`, or how else it is billed; null where it does not say. */
  readonly billingMode: string | null;
};

/** Plivo keeps every account in US dollars, whatever a price list is in. */
export const ACCOUNT_CURRENCY = 'USD';

/** Nothing limits what it may spend: it pays in by itself, or pays afterwards. */
export const isOpenEnded = ({ autoRecharge, billingMode }: Funds): boolean =>
  autoRecharge || (billingMode !== null && billingMode !== 'prepaid');

/** What something is estimated to cost; null for what is not known. */
export type Price = { readonly nanos: number | null; readonly currency: string | null };

/** Whether the funds may suffice for it; null where nobody can tell. */
export function suffices(funds: Funds | null, { nanos, currency }: Price): boolean | null {
  if (funds === null || nanos === null || currency !== ACCOUNT_CURRENCY || isOpenEnded(funds)) return null;
  return nanos <= funds.balanceNanos;
}
