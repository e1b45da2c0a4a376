import { inheritedEnv } from '../../../config/env';

export const DEV_ACCOUNT = { authId: 'MADEVELOPMENT0000000', authToken: 'development-token' };
const DEV_KEY = 'dev-key';

/**
 * The service's variables for development: the user's own, but always the simulated Plivo, so that no text leaves this
 * machine, and never the database that `.env` names, whose waiting batches would be "sent" to the simulator.
 */
export function devEnvironment(simulatorUrl: string): Record<string, string | undefined> {
  const given = inheritedEnv();
  const port = given['PORT'] ?? '3000';
  const forced = {
    PLIVO_AUTH_ID: DEV_ACCOUNT.authId,
    PLIVO_AUTH_TOKEN: DEV_ACCOUNT.authToken,
    PLIVO_API_URL: simulatorUrl,
    PLIVO_POWERPACK_UUID: '',
    PUBLIC_URL: `http://127.0.0.1:${port}`,
  };
  const blankFiles = Object.fromEntries(Object.keys(forced).map((name) => [`${name}_FILE`, '']));
  return {
    HOST: '127.0.0.1',
    API_KEY: given['API_KEY_FILE'] === undefined ? DEV_KEY : undefined,
    PLIVO_SENDER_ID: '+14155550100',
    DATABASE_URL: 'sqlite:data/dev.db',
    LOG_LEVEL: 'debug',
    ...given,
    ...forced,
    ...blankFiles,
    PORT: port,
    NODE_ENV: 'development',
    // A proxy has no business between two processes of this machine.
    NO_PROXY: ['127.0.0.1', given['NO_PROXY']].filter(Boolean).join(','),
  };
}
