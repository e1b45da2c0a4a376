import { measuredOrNull, type Row } from '../measure/row';
import { ratios } from '../measure/samples';

/** How fast people were texted, and the processor time of each; null where there is no /proc to tell. */
export type Rate = { readonly perSecond: number; readonly cpuUs: number | null };

export const rateOf = (people: number, ms: number, cpuMs: number | null): Rate => ({
  perSecond: (people * 1000) / ms,
  cpuUs: cpuMs === null ? null : (cpuMs * 1000) / people,
});

/** A row of what was measured in the same rounds. */
export function compared(
  figure: string,
  ours: readonly Rate[],
  name: string,
  others: readonly Rate[],
): Omit<Row, 'engine' | 'goal'> {
  const perSecond = (rates: readonly Rate[]) => rates.map((rate) => rate.perSecond);
  const cpu = (rates: readonly Rate[]) =>
    measuredOrNull(
      rates.map((rate) => rate.cpuUs),
      'µs',
    );
  return {
    figure,
    ours: { samples: perSecond(ours), unit: '/s' },
    cpu: cpu(ours),
    against: { name, measured: { samples: perSecond(others), unit: '/s' }, cpu: cpu(others) },
    ratio: { samples: ratios(perSecond(ours), perSecond(others)), of: 'the speed' },
  };
}
