/** Country to nanos (see money.ts), per segment for `sms` and per message for `mms`; '*' is every country not named. */
export type PriceList = {
  readonly currency: string;
  readonly sms: ReadonlyMap<string, number>;
  readonly mms: ReadonlyMap<string, number>;
};

/** Null when no price is known. */
export function priceOf(list: PriceList, kind: 'sms' | 'mms', country: string): number | null {
  return list[kind].get(country) ?? list[kind].get('*') ?? null;
}
