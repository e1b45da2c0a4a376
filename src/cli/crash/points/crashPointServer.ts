import { writeFileSync } from 'node:fs';
import { Agent, createServer } from 'node:http';
import { readEnv } from '../../../../config/env';
import { compose } from '../../../compose';
import { AS_IT_CONNECTS, FREEZES, FROZEN_FILE } from './freezes';
import { createGapWatch, GAPS, type SqlGap } from './gaps';

/**
 * The service as `src/server.ts` starts it, but in the place that is named it ends itself, as `kill -9` would, or stops
 * until it is woken.
 */
async function main(): Promise<void> {
  const { place, act } = deedFor(process.argv[2]);
  if (place === AS_IT_CONNECTS) onNewConnection(act);
  const env = readEnv();
  const service = await compose({
    env,
    ...(typeof place === 'string' ? {} : { onStatement: createGapWatch(place, act) }),
  });
  const server = createServer(service.listener);
  await new Promise<void>((resolve) => server.listen(env.PORT, env.HOST, resolve));
  service.start();
}

function deedFor(name: string | undefined): { place: SqlGap | string; act: () => void } {
  const gap = GAPS.find((one) => one.name === name);
  if (gap !== undefined) return { place: gap.dies, act: () => process.kill(process.pid, 'SIGKILL') };
  const freeze = FREEZES.find((one) => one.name === name);
  if (freeze === undefined) throw new Error('The argument must name a gap or a freeze.');
  return { place: freeze.stops, act: stopOnce() };
}

/** For a call that sends; whatever only asks is left alone. */
function onNewConnection(act: () => void): void {
  type Pool = { createConnection: (options: { method?: string }, ...others: unknown[]) => unknown };
  const agents = Agent.prototype as unknown as Pool;
  const connect = agents.createConnection;
  agents.createConnection = (options, ...others) => {
    const socket = connect(options, ...others);
    if (options.method?.toUpperCase() === 'POST') act();
    return socket;
  };
}

function stopOnce(): () => void {
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    writeFileSync(FROZEN_FILE, '');
    process.kill(process.pid, 'SIGSTOP');
  };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
