import { parseLocalTime } from './localTime';

const MINUTE_MS = 60_000;

/** RFC 3339, section 5.6, which has no hour of 24. A second of 60 exists there, and not in any clock of ours. */
const FORM = /^(.{16}):([0-5]\d)(?:\.(\d+))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

/** Milliseconds since 1970, of a fraction as many as are whole; null for what is no such time, or is on no calendar. */
export function parseRfc3339(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  const [, minute = '', seconds, fraction = '', sign, hours, minutes] = FORM.exec(value.toUpperCase()) ?? [];
  const shown = parseLocalTime(minute);
  if (shown === null) return null;
  const ahead = (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * MINUTE_MS;
  return shown + Number(seconds) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0')) - ahead;
}
