/** A time as answers show it, of milliseconds since 1970. */
export const iso = (millis: number | null): string | null => (millis === null ? null : new Date(millis).toISOString());
