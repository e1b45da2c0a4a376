/** Narrows the engine suites to one engine, for a run whose other half was done already. */
export function onlyEngine(): string | undefined {
  return process.env['TEST_ENGINE'];
}

/**
 * The PostgreSQL server that the engine suites may use: databases of their own are made in it and dropped again.
 * Undefined where DATABASE_URL names none; those suites then run on SQLite alone, and the reporter says so.
 */
export function postgresServerUrl(): string | undefined {
  const url = process.env['DATABASE_URL'];
  return url?.startsWith('postgres') === true ? url : undefined;
}

/** What the databases of this run are called at their beginning, so that its end finds them. */
export function runName(): string {
  return process.env['TEST_RUN'] ?? 'broadcaster_test';
}

/** Where the browser of the browser tests is: Debian's, unless CHROMIUM names another. */
export const chromiumPath = (): string => process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Where programs are looked for. */
export const searchPath = (): string => process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
