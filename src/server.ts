import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Logger } from '../config/logger';
import { ConfigurationError, readEnv, type Env } from '../config/env';
import { gapsIn } from '../config/gaps';
import { compose, type Service } from './compose';
import { listenTo } from './listenTo';
import { DatabaseMovedError } from './store/engine/movedFile';
import { DatabaseInUseError } from './store/engine/sqliteLock';

/** The process edge: configuration in, port open, signals handled. */
async function main(): Promise<void> {
  const env = readEnv();
  const service = await compose({ env });
  const { logger } = service;
  const server = createServer({ requestTimeout: LONGEST_UPLOAD_MS, requireHostHeader: false });
  listenTo(server, service.listener);
  await listen(server, env);
  service.start();
  logger.info('Listening', { port: (server.address() as AddressInfo).port, database: service.store.kind });
  for (const gap of gapsIn(env)) logger.warn(gap);
  endOnFatalErrors(logger);
  stopOnSignals(server, service, env.SHUTDOWN_TIMEOUT_MS);
}

function listen(server: Server, env: Env): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(env.PORT, env.HOST, resolve);
  });
}

/** Node would print such an error as it is, and it may hold numbers; the logger's copy does not. */
function endOnFatalErrors(logger: Logger): void {
  process.on('uncaughtException', (error) => {
    logger.error('The process ends: an error was not caught', { error });
    process.exit(1);
  });
}

/** Node's five minutes are short for a file of millions of numbers on a thin line; headers still have one minute. */
const LONGEST_UPLOAD_MS = 3_600_000;
/** Requests under way may take so long to end after the calls to Plivo have. */
const REQUESTS_END_MS = 1000;

function stopOnSignals(server: Server, service: Service, drainMs: number): void {
  let isStopping = false;
  const stop = async (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    service.logger.info('Stopping: no new batches, calls under way end', { signal });
    const requestsEnded = new Promise<void>((resolve) => server.close(() => resolve()));
    await service.drain(drainMs);
    server.closeIdleConnections();
    await Promise.race([requestsEnded, sleepFor(REQUESTS_END_MS, undefined, { ref: false })]);
    server.closeAllConnections();
    await service.close();
    service.logger.info('Stopped');
    // Once the log is out. Not left to Node: a call that outlasts the drain would keep the process for as long as it takes.
    process.stdout.write('', () => process.exit(0));
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
}

main().catch((error: unknown) => {
  // There is no logger without a valid configuration; these go to the terminal as they are.
  const isKnown = [ConfigurationError, DatabaseInUseError, DatabaseMovedError].some((kind) => error instanceof kind);
  process.stderr.write(`${isKnown ? (error as Error).message : describe(error)}\n`);
  process.exit(1);
});

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
