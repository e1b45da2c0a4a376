import type { NumberReader } from '../numbers/phoneNumber';
import type { Origin } from './senders';

/** The numbers among senders, as people would text them. */
export const numbersAmong = (origins: readonly Origin[]): ReadonlySet<string> =>
  new Set(
    origins.flatMap((origin) =>
      'sender' in origin && /^\+?\d{7,15}$/.test(origin.sender) ? [`+${origin.sender.replace('+', '')}`] : [],
    ),
  );

/** As the reader; numbers that texts come from are refused, as nobody stands behind them who could opt out. */
export function nobodyOfOurs(reader: NumberReader, own: ReadonlySet<string>): NumberReader {
  const isOurs = (value: unknown) => own.has(reader.read(value) ?? '');
  return {
    read: (value) => (isOurs(value) ? null : reader.read(value)),
    explain: (value) =>
      isOurs(value) ? 'is one of our own senders, from which texts come; leave it out' : reader.explain(value),
  };
}
