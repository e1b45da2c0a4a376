import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigurationError, readEnv, type Env } from '../config/env';
import { compose } from './compose';
import { DatabaseInUseError } from './store/database';

/** The process edge: configuration in, port open, signals handled. */
async function main(): Promise<void> {
  const env = readEnv();
  const service = await compose({ env });
  const { logger } = service;
  const server = createServer(service.app);
  service.start();
  await listen(server, env);
  logger.info('Listening', { port: (server.address() as AddressInfo).port, database: service.store.kind });
  warnAboutGaps(env, (message) => logger.warn(message));

  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    logger.info('Stopping: no new batches, calls under way end', { signal });
    // Idle keep-alive connections would hold the process; those with a request end with it.
    server.close();
    server.closeIdleConnections();
    void service.stop(env.SHUTDOWN_TIMEOUT_MS).then(() => {
      logger.info('Stopped');
      server.closeAllConnections();
      process.exitCode = 0;
    });
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
}

function listen(server: ReturnType<typeof createServer>, env: Env): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(env.PORT, env.HOST, resolve);
  });
}

function warnAboutGaps(env: Env, warn: (message: string) => void): void {
  if (env.API_KEY === undefined) warn('API_KEY is not set: everybody who reaches this port can send texts');
  if (env.PUBLIC_URL === undefined) warn('PUBLIC_URL is not set: Plivo is not asked for delivery reports');
}

main().catch((error: unknown) => {
  // The logger needs a valid configuration; these go to the terminal as they are.
  const isKnown = error instanceof ConfigurationError || error instanceof DatabaseInUseError;
  process.stderr.write(`${isKnown || !(error instanceof Error) ? String(error) : (error.stack ?? error.message)}\n`);
  process.exit(1);
});
