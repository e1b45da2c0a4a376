import type { Goal, Measured, Ratio, Row, Unit } from '../measure/row';
import { median, type Samples } from '../measure/samples';

/** Three digits say all that such figures can say. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

const joined = (value: string, unit: Unit): string => (unit === '/s' ? `${value}/s` : `${value} ${unit}`);

/** The median, and from where to where the rounds went. */
export function measured({ samples, unit }: Measured): string {
  return joined(number(median(samples)), unit) + spread(samples);
}

const spread = (samples: Samples): string =>
  samples.length < 2 ? '' : ` (${number(Math.min(...samples))}..${number(Math.max(...samples))})`;

export const ratio = (value: Ratio | undefined): string =>
  value === undefined ? '' : `${number(median(value.samples))}x ${value.of}${spread(value.samples)}`;

export const cpu = (value: Measured | null | undefined): string =>
  value === null || value === undefined ? '' : joined(number(median(value.samples)), value.unit);

export function against(row: Row): string {
  if (row.against === undefined) return '';
  const { name, measured: value, cpu: itsCpu } = row.against;
  const processor = cpu(itsCpu);
  return `${name}: ${measured(value)}${processor === '' ? '' : `, CPU ${processor}`}`;
}

export function goal({ kind, value, of }: Goal, unit: Unit): string {
  const sign = kind === 'at most' ? '<=' : '>=';
  const amount = value.toLocaleString('en-US');
  return `${sign} ${of === 'ratio' ? `${amount}x` : joined(amount, unit)}`;
}
