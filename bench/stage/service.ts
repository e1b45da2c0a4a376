import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInstance } from '../../src/cli/processes/instance';
import { createApiClient } from '../../src/cli/calls/apiClient';
import type { BroadcastStatus } from '../../src/cli/calls/broadcastStatus';
import { meterOf, type ProcessMeter } from '../measure/processMeter';
import { ACCOUNT, API_KEY } from './account';
import type { ScratchDatabase } from './scratchDatabase';
import { temporaryFolder } from './temporaryFolder';

/** The real service in a process of its own, configured as it comes but for what is said here. */
export type Service = {
  readonly url: string;
  readonly meter: ProcessMeter;
  /** From starting the process to its being ready. */
  readonly startMs: number;
  /** @throws Error when the answer is none of success */
  call(method: 'GET' | 'POST', path: string, json?: object): Promise<BroadcastStatus>;
  /** Puts people on the opt-out list. */
  optOut(people: readonly string[]): Promise<void>;
  readonly pid: number;
  /** What it has logged so far. */
  readLog(): string;
  close(): Promise<void>;
};

export type ServiceOptions = {
  readonly database: Pick<ScratchDatabase, 'url'>;
  readonly plivoUrl: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Told when it ends without having been asked to. */
  readonly onOwnEnd?: (how: string) => void;
};

const PROGRAM = { file: join(__dirname, '../../src/server.js') };
const CALL_TIMEOUT_MS = 60_000;
const SHOWN_OF_LOG = 2000;

/**
 * Nothing is sent but the first batch: a delay of a day comes after it. For figures of acceptance, which a dispatch on the
 * same two cores would blur.
 */
export const ONLY_ACCEPTS = { PLIVO_BATCH_DELAY_MS: '86400000' };

export async function startService({ database, plivoUrl, env = {}, onOwnEnd }: ServiceOptions): Promise<Service> {
  const folder = temporaryFolder('service');
  const log = join(folder, 'service.log');
  const instance = await createInstance({ folder, log, onOwnEnd: onOwnEnd ?? (() => undefined) });
  const close = async () => {
    await instance.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  const began = performance.now();
  await instance
    .start(PROGRAM, {
      NODE_ENV: 'production',
      API_KEY,
      DATABASE_URL: database.url,
      PLIVO_AUTH_ID: ACCOUNT.authId,
      PLIVO_AUTH_TOKEN: ACCOUNT.authToken,
      PLIVO_API_URL: plivoUrl,
      PLIVO_SENDER_ID: '+14155550100',
      PUBLIC_URL: instance.url,
      RATE_LIMIT_MAX: '0',
      RATE_LIMIT_READS_MAX: '0',
      ...env,
    })
    .catch(async (error: unknown) => {
      await close();
      throw error;
    });
  const startMs = performance.now() - began;
  const pid = instance.pid();
  if (pid === null) {
    const end = readFileSync(log, 'utf8').slice(-SHOWN_OF_LOG);
    await close();
    throw new Error(`The service ended at its start:\n${end}`);
  }

  const api = createApiClient({ url: instance.url, timeoutMs: CALL_TIMEOUT_MS });
  async function call(method: 'GET' | 'POST', path: string, json?: object): Promise<BroadcastStatus> {
    const headers = { prefer: 'respond-async' };
    const { status, body } = await api({ method, path, key: API_KEY, json, headers });
    if (status >= 300) throw new Error(`${method} ${path} was answered ${status}: ${JSON.stringify(body)}`);
    return body as BroadcastStatus;
  }

  return {
    url: instance.url,
    meter: meterOf(pid),
    startMs,
    pid,
    readLog: () => readFileSync(log, 'utf8'),
    call,
    async optOut(people) {
      const response = await fetch(`${instance.url}/opt-outs/import`, {
        method: 'POST',
        headers: { 'x-api-key': API_KEY, 'content-type': 'text/csv' },
        body: `number\n${people.join('\n')}\n`,
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`POST /opt-outs/import was answered ${response.status}: ${text}`);
    },
    close,
  };
}
