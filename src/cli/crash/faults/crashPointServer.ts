import { createServer } from 'node:http';
import { readEnv } from '../../../../config/env';
import { compose } from '../../../compose';
import { createGapWatch, GAPS } from './gaps';

/** The service as `src/server.ts` starts it, but it ends itself, as `kill -9` would, in the gap that is named. */
async function main(): Promise<void> {
  const gap = GAPS.find(({ name }) => name === process.argv[2]);
  if (gap === undefined) throw new Error('The argument must name a gap.');
  const env = readEnv();
  const die = () => process.kill(process.pid, 'SIGKILL');
  const service = await compose({
    env,
    ...(typeof gap.dies === 'string' ? {} : { onStatement: createGapWatch(gap.dies, die) }),
  });
  const server = createServer(service.listener);
  await new Promise<void>((resolve) => server.listen(env.PORT, env.HOST, resolve));
  service.start();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
