import { setTimeout as sleepFor } from 'node:timers/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LogData, Logger } from '../../config/logger';
import { parseEnv } from '../../config/env';
import { compose, type Service } from '../../src/compose';
import { listenTo } from '../../src/listenTo';
import { startSimulator, type Simulator, type SimulatorSettings } from '../../src/simulator/simulator';
import { watchAnswer } from './description/watchAnswer';
import { createTestDatabase, type EngineName, type TestDatabase } from './testDatabase';

export const API_KEY = 'test-key-0123456789';
export const AUTH_ID = 'MATESTACCOUNT0000000';
export const AUTH_TOKEN = 'test-auth-token-0123456789';

export const INBOUND_TOKEN = 'test-inbound-token-0123456789';

/** The real service behind a real port, with a Plivo simulator of its own at the socket. */
export type TestService = {
  readonly url: string;
  readonly service: Service;
  readonly simulator: Simulator;
  readonly log: LogLine[];
  /** Ends this process and starts another on the same database, with other settings where they are given. */
  restart(env?: Readonly<Record<string, string>>): Promise<TestService>;
  /** Ends this process in the midst of whatever it does: nothing is answered or written any more. */
  crash(): Promise<void>;
  stop(): Promise<void>;
};

export type LogLine = { level: string; message: string; data: LogData };

export type TestServiceOptions = {
  readonly engine?: EngineName;
  readonly env?: Readonly<Record<string, string>>;
  readonly simulator?: Partial<SimulatorSettings>;
  /** Shares the database and the simulator of another instance. */
  readonly beside?: TestService;
  /** Keeps what it knows there; whoever made it drops it. */
  readonly database?: TestDatabase;
  readonly clock?: () => number;
  /** Told of every database statement after it was carried out. */
  readonly onStatement?: (statement: string) => void;
  /** Between two looks for a batch go by so many milliseconds at least. A service waits a second. */
  readonly leastSpacingMs?: number;
};

/** Plivo gives up on an answer after 8 s and comes again after a minute: on a busy machine that is as long as a test waits. */
const PATIENT = { callbackTimeoutMs: 60_000, callbackRetryDelaysMs: [1000, 3000, 9000] };

const owned = new WeakMap<TestService, { database: TestDatabase; databaseUrl: string }>();

/** Where the service keeps what it knows. */
export const databaseUrlOf = (test: TestService): string => owned.get(test)!.databaseUrl;

/** Starts a service on free ports. Batches go out without delay unless `env` says otherwise. */
export async function startTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const { beside } = options;
  const database =
    options.database ??
    (beside === undefined ? await createTestDatabase(options.engine ?? 'sqlite') : owned.get(beside)!.database);
  const simulator =
    beside?.simulator ??
    (await startSimulator({
      authId: AUTH_ID,
      authToken: AUTH_TOKEN,
      settings: { deliveryDelayMs: 1, ...PATIENT, ...options.simulator },
    }));
  const running = await startInstance(database, simulator, options);
  const test: TestService = {
    ...running,
    simulator,
    async restart(env = {}) {
      await running.close();
      return await startTestService({ ...options, env: { ...options.env, ...env }, beside: test });
    },
    crash: () => running.crash(),
    async stop() {
      await running.close();
      if (beside !== undefined) return;
      await simulator.stop();
      await database.drop();
    },
  };
  owned.set(test, { database, databaseUrl: database.url });
  return test;
}

async function startInstance(database: TestDatabase, simulator: Simulator, options: TestServiceOptions) {
  const log: LogLine[] = [];
  const server = createServer({ requireHostHeader: false });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = parseEnv({
    NODE_ENV: 'test',
    API_KEY,
    PLIVO_AUTH_ID: AUTH_ID,
    PLIVO_AUTH_TOKEN: AUTH_TOKEN,
    PLIVO_SENDER_ID: '+14155550100',
    PLIVO_API_URL: simulator.url,
    PLIVO_BATCH_DELAY_MS: '0',
    PLIVO_CALL_SPACING_MS: '0',
    PLIVO_RETRY_BASE_MS: '20',
    PUBLIC_URL: url,
    INBOUND_TOKEN,
    DATABASE_URL: database.url,
    // Each begins with nothing in its caches: with ten, a run took a third more processor time.
    DATABASE_CONNECTIONS: '4',
    RATE_LIMIT_MAX: '0',
    RATE_LIMIT_READS_MAX: '0',
    ...options.env,
  });
  const service = await compose({
    env,
    logger: recordingLogger(log),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.onStatement === undefined ? {} : { onStatement: options.onStatement }),
    leastSpacingMs: options.leastSpacingMs ?? 150,
    lookEveryMs: 100,
  });
  let underWay = 0;
  listenTo(server, (req, res) => {
    underWay++;
    res.on('close', () => underWay--);
    watchAnswer(req, res);
    service.listener(req, res);
  });
  service.start();
  let closed = false;
  return {
    url,
    service,
    log,
    async close() {
      if (closed) return;
      closed = true;
      server.close();
      await service.drain(5000);
      // Delivery reports that are being taken, as in the service: what comes when the database is closed is no test's subject.
      for (const until = performance.now() + 5000; underWay > 0 && performance.now() < until;) await sleepFor(2);
      server.closeAllConnections();
      await service.close();
    },
    async crash() {
      closed = true;
      await closeServer(server);
      await service.close();
      await service.drain(0);
    },
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function recordingLogger(log: LogLine[]): Logger {
  const record =
    (level: string) =>
    (message: string, data: LogData = {}) => {
      log.push({ level, message, data });
    };
  return { error: record('error'), warn: record('warn'), info: record('info'), debug: record('debug') };
}
