/** `YYYY-mm-dd HH:MM:SS.SSSSSS`, the form of times in callbacks; the zone is not stated there, this is UTC. */
export function callbackTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, -1).replace('T', ' ')}000`;
}

const RECORD_OFFSET_MS = 5.5 * 3_600_000;

/**
 * `YYYY-mm-dd HH:MM:SS+05:30`, the form of times in records: samples in Plivo's documentation carry this offset, so
 * whoever reads them must not take them for UTC.
 */
export function recordTime(epochMs: number): string {
  return `${new Date(epochMs + RECORD_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ')}+05:30`;
}

/** A time filter, UTC: `YYYY-MM-DD HH:MM[:ss[.uuuuuu]]`. Gives the stretch of milliseconds it names, or null. */
export function parseFilterTime(text: string): { from: number; until: number } | null {
  const found = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?$/.exec(text.trim());
  if (!found) return null;
  const [, date = '', minutes = '', seconds, fraction] = found;
  const from = Date.parse(`${date}T${minutes}:${seconds ?? '00'}Z`) + Number(`0.${fraction ?? '0'}`) * 1000;
  if (Number.isNaN(from)) return null;
  if (seconds === undefined) return { from, until: from + 60_000 };
  return { from, until: from + (fraction === undefined ? 1000 : 1) };
}
