import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { readEnv } from '../../../../config/env';
import { compose } from '../../../compose';
import { FREEZES, FROZEN_FILE } from './freezes';
import { createGapWatch, GAPS, type SqlGap } from './gaps';

/**
 * The service as `src/server.ts` starts it, but in the place that is named it ends itself, as `kill -9` would, or stops
 * until it is woken.
 */
async function main(): Promise<void> {
  const { place, act } = deedFor(process.argv[2]);
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
