export const CRASH_TEST_KEY = 'crash-test-key';

/** Of the simulated Plivo. */
export const ACCOUNT = { authId: 'MACRASHTEST000000000', authToken: 'crash-test-token' };

const PLIVO_TIMEOUT_MS = 800;
/** The service adds ten seconds to the time-out of its call to Plivo. */
export const leaseMsOf = (timeoutMs: number): number => timeoutMs + 10_000;
/** Where nothing else is set. */
export const LEASE_MS = leaseMsOf(PLIVO_TIMEOUT_MS);

/** How every instance is configured: what hours would bring comes within seconds, and no limit gets in the way. */
export const serviceEnvironment = (databaseUrl: string, plivoUrl: string): Record<string, string> => ({
  NODE_ENV: 'production',
  API_KEY: CRASH_TEST_KEY,
  DATABASE_URL: databaseUrl,
  PLIVO_AUTH_ID: ACCOUNT.authId,
  PLIVO_AUTH_TOKEN: ACCOUNT.authToken,
  PLIVO_API_URL: plivoUrl,
  PLIVO_SENDER_ID: '+14155550100',
  PLIVO_BATCH_DELAY_MS: '5',
  // The simulator's limit is off too: rounds would otherwise wait for Plivo's minutes most of the time.
  PLIVO_LIST_REQUESTS_PER_MINUTE: '1000',
  PLIVO_TIMEOUT_MS: String(PLIVO_TIMEOUT_MS),
  PLIVO_RECONCILE_AFTER_MS: '300',
  PLIVO_RETRY_BASE_MS: '20',
  // Enough for every storm: a batch that gives up is not what is tested here.
  PLIVO_MAX_ATTEMPTS: '100',
  BROADCAST_WAIT_MS: '1500',
  RATE_LIMIT_MAX: '0',
  RATE_LIMIT_READS_MAX: '0',
});
