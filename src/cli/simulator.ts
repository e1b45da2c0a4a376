import { readSimulatorPort } from '../../config/env';
import { settingsFaults } from '../simulator/behaviour/settings';
import { startSimulator } from '../simulator/simulator';
import type { Simulator, SimulatorSettings } from '../simulator/simulator';
import { complaint, readOptions, TEXT, UsageError, wholeNumber } from './terminal/commandLine';

const DEFAULT_AUTH_ID = 'MASIMULATOR0000000000';
const DEFAULT_AUTH_TOKEN = 'simulator-token';

/** Flags that set one number each. */
const NUMBER_FLAGS = {
  rate: { setting: 'messagesPerSecond', help: 'units (parts of texts) sent per second; 0 = no limit' },
  latency: { setting: 'latencyMs', help: 'milliseconds before a send is answered' },
  'delivery-delay': { setting: 'deliveryDelayMs', help: 'mean milliseconds of each step: to sent, to delivered' },
  undelivered: { setting: 'undeliveredShare', help: 'share of texts that end undelivered, 0 to 1' },
  failed: { setting: 'failedShare', help: 'share of texts that fail, 0 to 1' },
  credit: { setting: 'credit', help: 'US dollars the account has; when they are used up texts fail (never)' },
  'requests-per-5s': { setting: 'requestsPer5s', help: 'requests in 5 s before a 429; 0 = no limit' },
  'list-requests-per-minute': { setting: 'listRequestsPerMinute', help: 'the same for the message list' },
  'list-visible-after': { setting: 'listVisibleAfterMs', help: 'milliseconds until a text shows in the list' },
  'callback-duplicates': { setting: 'callbackDuplicateShare', help: 'share of callbacks posted twice, 0 to 1' },
  'callback-reorder': { setting: 'callbackReorderShare', help: 'share of callbacks posted too late, 0 to 1' },
  'callback-loss': { setting: 'callbackLossShare', help: 'share of callbacks never posted, 0 to 1' },
} as const satisfies Record<string, { setting: keyof SimulatorSettings; help: string }>;

const HELP = `Plays Plivo on this machine.

  --port N                       port of the API (SIMULATOR_PORT, else 4010); the control port is the next one
  --host NAME                    address to listen on (127.0.0.1)
  --auth-id ID                   (${DEFAULT_AUTH_ID})
  --auth-token TOKEN             (${DEFAULT_AUTH_TOKEN})
  --seed N                       same seed, same luck (1)
${Object.entries(NUMBER_FLAGS)
  .map(([flag, { help }]) => `  --${`${flag} N`.padEnd(28)} ${help}`)
  .join('\n')}
  --help                         this text
`;

async function main(): Promise<void> {
  const named = { port: TEXT, host: TEXT, 'auth-id': TEXT, 'auth-token': TEXT, seed: TEXT };
  const flags = readOptions(HELP, { ...named, ...numberOptions() });
  if (flags === null) return;
  const port = flags.port === undefined ? readSimulatorPort() : wholeNumber('port', flags.port);
  const authId = flags['auth-id'] ?? DEFAULT_AUTH_ID;
  const authToken = flags['auth-token'] ?? DEFAULT_AUTH_TOKEN;
  const simulator = await startSimulator({
    authId,
    authToken,
    port,
    controlPort: port === 0 ? 0 : port + 1,
    settings: readSettings(flags),
    ...(flags.host === undefined ? {} : { host: flags.host }),
    ...(flags.seed === undefined ? {} : { seed: wholeNumber('seed', flags.seed) }),
  });
  console.log(howTo(simulator, authId, authToken));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.stop());
}

const numberOptions = () =>
  Object.fromEntries(Object.keys(NUMBER_FLAGS).map((flag) => [flag, TEXT])) as Record<
    keyof typeof NUMBER_FLAGS,
    typeof TEXT
  >;

function readSettings(flags: Partial<Record<keyof typeof NUMBER_FLAGS, string>>): Partial<SimulatorSettings> {
  const settings: Partial<SimulatorSettings> = {};
  for (const [flag, { setting }] of Object.entries(NUMBER_FLAGS)) {
    const value = flags[flag as keyof typeof NUMBER_FLAGS];
    if (value !== undefined) settings[setting] = value.trim() === '' ? Number.NaN : Number(value);
  }
  const faults = settingsFaults(settings);
  if (faults.length > 0) throw new UsageError(faults.join(' '));
  return settings;
}

function howTo({ url, controlUrl }: Simulator, authId: string, authToken: string): string {
  return `Plivo simulator
  API      ${url}/v1/Account/${authId}
  control  ${controlUrl}  (open it for the list of routes)

Give the service these values:
  PLIVO_AUTH_ID=${authId}
  PLIVO_AUTH_TOKEN=${authToken}
  PLIVO_API_URL=${url}

Who was sent what:    curl ${controlUrl}/ledger
Lose the next answer: curl -X POST ${controlUrl}/faults -d '{"kind":"accept-then-reset"}'

Ctrl-C stops it; nothing is kept.`;
}

main().catch((error: unknown) => {
  console.error(complaint(error, HELP));
  process.exitCode = 1;
});
