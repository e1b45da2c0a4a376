/** Numbers, money and dates as the reader's own browser writes them. */

const whole = new Intl.NumberFormat();
const share = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const dayAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const timeOnly = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: 'numeric', minute: '2-digit' });
const seconds = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const dayOnly = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const rough = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const regions = new Intl.DisplayNames('en', { type: 'region' });

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const number = (value: number): string => whole.format(value);

/** Never "100 %" while one is missing, never "0 %" while one is there. */
export function percent(part: number, of: number): string {
  if (of === 0) return share.format(0);
  const true_ = part / of;
  if (part > 0 && true_ < 0.001) return `< ${share.format(0.001)}`;
  return share.format(part < of ? Math.min(0.999, true_) : true_);
}

export function money(amount: string, currency: string): string {
  const value = Number(amount);
  const small = Math.abs(value) < 1 && value !== 0;
  try {
    return new Intl.NumberFormat(undefined, {
      style: 'currency',
      currency,
      maximumFractionDigits: small ? 4 : 2,
    }).format(value);
  } catch {
    // No currency that the browser knows.
    return `${amount} ${currency}`;
  }
}

export const moment = (iso: string): string => dayAndTime.format(new Date(iso));

/** As short as is clear: the time today, the weekday within six days, else the date. */
export function near(iso: string): string {
  const then = new Date(iso);
  const now = new Date();
  if (then.toDateString() === now.toDateString()) return timeOnly.format(then);
  return Math.abs(then.getTime() - now.getTime()) < 6 * DAY ? weekday.format(then) : dayAndTime.format(then);
}

/** As short as tells moments apart that lie within `span` milliseconds. */
export function timeOf(at: number, span: number): string {
  if (span > 3 * DAY) return dayOnly.format(at);
  if (span > DAY) return weekday.format(at);
  return (span > 10 * MINUTE ? timeOnly : seconds).format(at);
}

/** A number of the order of what it counts, where there is little room. */
export const compact = (value: number): string => (value < 10_000 ? whole : rough).format(value);

export function ago(iso: string): string {
  const since = new Date(iso).getTime() - Date.now();
  const size = Math.abs(since);
  if (size < MINUTE) return relative.format(0, 'minute').replace('this minute', 'just now');
  if (size < HOUR) return relative.format(Math.round(since / MINUTE), 'minute');
  if (size < DAY) return relative.format(Math.round(since / HOUR), 'hour');
  if (size < 30 * DAY) return relative.format(Math.round(since / DAY), 'day');
  return moment(iso);
}

export function duration(seconds: number): string {
  if (seconds < 1) return 'under a second';
  const unit = (value: number, name: string) => {
    const rounded = Math.round(value);
    return `${number(rounded)} ${name}${rounded === 1 ? '' : 's'}`;
  };
  if (seconds < 90) return unit(seconds, 'second');
  if (seconds < 5400) return unit(seconds / 60, 'minute');
  if (seconds < 48 * 3600) return unit(seconds / 3600, 'hour');
  return unit(seconds / 86_400, 'day');
}

export function country(code: string): string {
  try {
    return regions.of(code) ?? code;
  } catch {
    return code;
  }
}

export function bytes(size: number): string {
  const [value, unit] = size < 1_000_000 ? [size / 1000, 'kilobyte'] : [size / 1_000_000, 'megabyte'];
  return new Intl.NumberFormat(undefined, { style: 'unit', unit, maximumFractionDigits: 1 }).format(value);
}
