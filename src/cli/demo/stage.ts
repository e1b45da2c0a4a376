import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { startSimulator, type Simulator } from '../../simulator/simulator';
import { createApiClient, type ApiClient } from '../calls/apiClient';
import { startNode, type Child } from '../processes/childProcess';
import { freePort } from '../processes/freePort';
import { platformVariables } from '../processes/platformVariables';
import { DEMO_SENDER } from './recipients';

/** The service and the simulated Plivo, running, and everything that goes with them. */
export type Stage = {
  readonly url: string;
  readonly apiKey: string;
  readonly simulator: Simulator;
  readonly api: ApiClient;
  readonly logFile: string;
  /** Keys and tokens that the log must not hold. */
  readonly secrets: readonly string[];
  /** Rejects when the service ends by itself or `signal` aborts; it never resolves. */
  readonly interrupted: Promise<never>;
  readLog(): string;
  /** Ends both and removes the temporary folder. */
  close(): Promise<void>;
};

export type StageOptions = {
  readonly signal: AbortSignal;
  readonly invalidAtPlivo: readonly string[];
  /** Keeps the service's log, in full detail; without it the log goes with the temporary folder. */
  readonly logFile: string | null;
};

const READY_WITHIN_MS = 20_000;
const CALL_TIMEOUT_MS = 15_000;

/** Slow enough to be watched: the last report comes after six to eight seconds. */
const PACE = {
  simulator: { messagesPerSecond: 480, deliveryDelayMs: 700, latencyMs: 150, undeliveredShare: 0.02 },
  batchDelayMs: 1000,
};

/** Starts both on free ports, with a SQLite file in a temporary folder. */
export async function openStage({ signal, invalidAtPlivo, logFile }: StageOptions): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'sms-demo-'));
  const closers: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const account = { authId: 'MADEMO00000000000000', authToken: randomBytes(20).toString('hex') };
    const simulator = await startSimulator({
      ...account,
      settings: { ...PACE.simulator, invalidNumbers: [...invalidAtPlivo] },
    });
    closers.push(() => simulator.stop());

    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const apiKey = randomBytes(24).toString('base64url');
    const log = logFile === null ? join(folder, 'service.log') : resolve(logFile);
    const service = startService(folder, log, {
      PORT: String(port),
      PUBLIC_URL: url,
      API_KEY: apiKey,
      PLIVO_AUTH_ID: account.authId,
      PLIVO_AUTH_TOKEN: account.authToken,
      PLIVO_API_URL: simulator.url,
      LOG_LEVEL: logFile === null ? 'info' : 'debug',
    });
    closers.push(() => service.stop());

    const stage: Stage = {
      url,
      apiKey,
      simulator,
      api: createApiClient({ url, timeoutMs: CALL_TIMEOUT_MS }),
      logFile: log,
      secrets: [apiKey, account.authId, account.authToken],
      interrupted: interruption(service, signal),
      readLog: () => readFileSync(log, 'utf8'),
      close,
    };
    await Promise.race([ready(stage), stage.interrupted]).catch((error: unknown) => {
      throw new Error(`${String(error instanceof Error ? error.message : error)}\n${endOfLog(stage)}`);
    });
    return stage;
  } catch (error) {
    await close();
    throw error;
  }
}

/** The last lines of the service's log. */
export const endOfLog = (stage: Pick<Stage, 'readLog'>): string =>
  stage.readLog().trimEnd().split('\n').slice(-10).join('\n');

/** Its working directory is the temporary folder, so that no `.env` of the user's has a say. */
function startService(folder: string, log: string, env: Readonly<Record<string, string>>): Child {
  const output = openSync(log, 'w');
  try {
    return startNode({
      file: join(__dirname, '../../server.js'),
      cwd: folder,
      env: {
        ...platformVariables(),
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        DATABASE_URL: `sqlite:${join(folder, 'demo.db')}`,
        PLIVO_SENDER_ID: DEMO_SENDER,
        PLIVO_BATCH_DELAY_MS: String(PACE.batchDelayMs),
        RATE_LIMIT_READS_MAX: '0',
        ...env,
      },
      stdio: ['ignore', output, output],
    });
  } finally {
    closeSync(output);
  }
}

function interruption(service: Child, signal: AbortSignal): Promise<never> {
  const rejects = new Promise<never>((_resolve, reject) => {
    const stop = () => reject(new Error('Stopped.'));
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    void service.ended.then((how) => reject(new Error(`The service ended by itself (${how}).`)));
  });
  // It also rejects when nobody waits any more: at the end, when the service is stopped.
  rejects.catch(() => undefined);
  return rejects;
}

async function ready({ api }: Stage): Promise<void> {
  const until = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const status = await api({ path: '/health/ready', key: null }).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    if (performance.now() > until) throw new Error('The service did not become ready in time.');
    await sleepFor(50);
  }
}
