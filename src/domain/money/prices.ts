/** Country to nanos (see money.ts), per segment for `sms` and per message for `mms`; '*' is every country not named. */
export type PriceList = {
  readonly currency: string;
  readonly sms: ReadonlyMap<string, number>;
  readonly mms: ReadonlyMap<string, number>;
  /** What carriers charge on top, by the same units; absent where none are known. */
  readonly fees?: { readonly sms: ReadonlyMap<string, number>; readonly mms: ReadonlyMap<string, number> };
};

/** Null when no price is known. */
export function priceOf(list: PriceList, kind: 'sms' | 'mms', country: string): number | null {
  return list[kind].get(country) ?? list[kind].get('*') ?? null;
}

/** What carriers of the country charge on top; 0 where they charge nothing, null where no fees are known. */
export const feeOf = ({ fees }: PriceList, kind: 'sms' | 'mms', country: string): number | null =>
  fees === undefined ? null : (fees[kind].get(country) ?? fees[kind].get('*') ?? 0);
