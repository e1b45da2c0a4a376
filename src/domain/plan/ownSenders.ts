import type { NumberCheck } from '../numbers/phoneNumber';
import type { Origin } from './senders';

/** The numbers among senders, as people would text them. */
export const numbersAmong = (origins: readonly Origin[]): ReadonlySet<string> =>
  new Set(
    origins.flatMap((origin) =>
      'sender' in origin && /^\+?\d{7,15}$/.test(origin.sender) ? [`+${origin.sender.replace('+', '')}`] : [],
    ),
  );

/** As `check`; numbers that texts come from are refused, as nobody stands behind them who could opt out. */
export const nobodyOfOurs =
  (check: NumberCheck, own: ReadonlySet<string>): NumberCheck =>
  (value) =>
    check(value) ?? (own.has(String(value)) ? 'is one of our own senders, from which texts come; leave it out' : null);
