import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator, type Simulator } from '../../../simulator/simulator';
import { createInstance, type Instance, type Program } from '../../processes/instance';
import { createPostgresScratch, createSqliteScratch, type EngineName, type ScratchDatabase } from './scratchDatabase';
import { ACCOUNT, serviceEnvironment } from './serviceEnvironment';

/** Callbacks wait for a dead instance to come back. */
const CALLBACK_RETRIES_MS = [100, 200, 300, 500, 500, 1000, 1000, 2000, 2000, 4000, 4000, 8000, 8000];

const SERVICE: Program = { file: join(__dirname, '../../../server.js') };

/** A simulated Plivo that survives everything, a database and the processes that are to be killed. */
export type Stage = {
  readonly engine: EngineName;
  readonly folder: string;
  readonly simulator: Simulator;
  readonly database: ScratchDatabase;
  readonly instances: readonly [Instance, ...Instance[]];
  /** What no process of the service should do: end by itself. */
  readonly ownEnds: string[];
  /** With which options the instances were started last. */
  last: StartOptions | null;
  /** Starts an instance that is dead. */
  start(instance: Instance, options: StartOptions): Promise<void>;
  close(keep: boolean): Promise<void>;
};

export type StartOptions = {
  /** Whether delivery reports are asked for; without them only Plivo's message list can tell. */
  readonly withReports: boolean;
  readonly batchSize: number;
  readonly program?: Program;
  readonly env?: Readonly<Record<string, string>>;
};

export type StageOptions = {
  readonly engine: EngineName;
  readonly instances: number;
  /** Where PostgreSQL is. */
  readonly server: string | null;
  readonly seed: number;
};

export async function openStage({ engine, instances: count, server, seed }: StageOptions): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), `sms-crash-${engine}-`));
  const simulator = await startSimulator({
    ...ACCOUNT,
    seed,
    settings: {
      deliveryDelayMs: 10,
      requestsPer5s: 0,
      listRequestsPerMinute: 0,
      callbackTimeoutMs: 2000,
      callbackRetryDelaysMs: CALLBACK_RETRIES_MS,
    },
  });
  const database =
    engine === 'sqlite' || server === null ? createSqliteScratch(folder) : await createPostgresScratch(server);
  const ownEnds: string[] = [];
  const instances = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      createInstance({
        folder,
        log: join(folder, `instance-${index + 1}.log`),
        onOwnEnd: (how) => ownEnds.push(`instance ${index + 1} ended by itself (${how})`),
      }),
    ),
  );
  const common = serviceEnvironment(database.url, simulator.url);

  return {
    engine,
    folder,
    simulator,
    database,
    instances: instances as [Instance, ...Instance[]],
    ownEnds,
    last: null,
    start: (instance, { withReports, batchSize, program = SERVICE, env = {} }) =>
      instance.start(program, {
        ...common,
        PLIVO_BULK_MESSAGE_LIMIT: String(batchSize),
        ...(withReports ? { PUBLIC_URL: instance.url } : {}),
        ...env,
      }),
    async close(keep) {
      await Promise.all(instances.map((instance) => instance.kill()));
      await simulator.stop();
      if (keep) return;
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
