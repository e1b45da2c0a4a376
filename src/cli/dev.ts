import { join } from 'node:path';
import { inheritedEnv, readSimulatorPort } from '../../config/env';
import { startSimulator } from '../simulator/simulator';
import { DEV_ACCOUNT, devEnvironment } from './dev/devEnvironment';
import { createDevService } from './dev/devService';
import { startNode } from './processes/childProcess';

const ROOT = join(__dirname, '../../..');
/** What the compiler says at the end of a round. */
const ROUND_WITHOUT_ERRORS = 'Found 0 errors';

/** The simulator stays; the compiler watches; the service starts anew after every round without errors. */
async function main(): Promise<void> {
  const say = (text: string) => console.log(text);
  const port = readSimulatorPort();
  const simulator = await startSimulator({
    ...DEV_ACCOUNT,
    port,
    controlPort: port === 0 ? 0 : port + 1,
    settings: { deliveryDelayMs: 500, undeliveredShare: 0.02 },
  });
  const env = devEnvironment(simulator.url);
  const service = createDevService({ file: join(ROOT, 'dist/src/server.js'), cwd: ROOT, env, say });
  const compiler = startNode({
    file: require.resolve('typescript/bin/tsc'),
    args: ['-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'],
    cwd: ROOT,
    env: inheritedEnv(),
    stdio: ['ignore', 'pipe', 'inherit'],
    onOutput(text) {
      process.stdout.write(text);
      if (text.includes(ROUND_WITHOUT_ERRORS)) service.restart();
    },
  });
  say(`Service            http://127.0.0.1:${String(env['PORT'])}  (API key: ${env['API_KEY'] ?? 'from API_KEY_FILE'})
Plivo simulator    ${simulator.url}
Simulator control  ${simulator.controlUrl}
Database           ${String(env['DATABASE_URL'])}
Ctrl-C stops everything.
`);

  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
    void compiler.ended.then(() => resolve());
  });
  await Promise.all([compiler.stop(), service.stop()]);
  await simulator.stop();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
