import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator, type Simulator } from '../../../simulator/simulator';
import { createInstance, type Instance, type Program } from '../../processes/instance';
import type { CuttingProxy } from './cuttingProxy';
import { startDetour } from './detour';
import { createEnding, type Ending } from './ending';
import type { OwnCluster } from './ownCluster';
import { createPostgresScratch, createSqliteScratch, type EngineName, type ScratchDatabase } from './scratchDatabase';
import { ACCOUNT, serviceEnvironment } from './serviceEnvironment';

/** Callbacks wait for a dead instance to come back. */
const CALLBACK_RETRIES_MS = [100, 200, 300, 500, 500, 1000, 1000, 2000, 2000, 4000, 4000, 8000, 8000];

const PLIVO_SETTINGS = {
  deliveryDelayMs: 10,
  requestsPer5s: 0,
  listRequestsPerMinute: 0,
  callbackTimeoutMs: 2000,
  callbackRetryDelaysMs: CALLBACK_RETRIES_MS,
};

const SERVICE: Program = { file: join(__dirname, '../../../server.js') };

/** A simulated Plivo that survives everything, a database and the processes that are to be killed. */
export type Stage = {
  readonly engine: EngineName;
  readonly folder: string;
  readonly simulator: Simulator;
  readonly database: ScratchDatabase;
  /** Between the service and Plivo, and between it and PostgreSQL; null where there is none. */
  readonly ways: { readonly plivo: CuttingProxy | null; readonly database: CuttingProxy | null };
  /** Restarts the database server; null where it is not ours or there is none. */
  readonly restart: OwnCluster['restart'] | null;
  readonly instances: readonly [Instance, ...Instance[]];
  /** What no process of the service should do: end by itself. */
  readonly ownEnds: string[];
  /** With which options the instances were started last. */
  last: StartOptions | null;
  /** How each instance is set that runs, as far as they may differ. */
  readonly settings: ReadonlyMap<Instance, string>;
  /** Starts an instance that is dead. */
  start(instance: Instance, options: StartOptions): Promise<void>;
  close(): Promise<void>;
};

export type StartOptions = {
  /** Whether delivery reports are asked for; without them only Plivo's message list can tell. */
  readonly withReports: boolean;
  /** Asked at every start: what this instance has for itself. */
  readonly settings: () => Readonly<Record<string, string>>;
  readonly program?: Program;
};

export type StageOptions = {
  readonly engine: EngineName;
  readonly instances: number;
  /** Where PostgreSQL is: one that is not ours, or a cluster made for the test. */
  readonly server: string | OwnCluster | null;
  readonly seed: number;
  /** Leaves database and logs where they are. */
  readonly keep: boolean;
};

export async function openStage(options: StageOptions): Promise<Stage> {
  const ending = createEnding();
  try {
    return await setUp(options, ending);
  } catch (error) {
    await ending.end();
    throw error;
  }
}

async function setUp(options: StageOptions, ending: Ending): Promise<Stage> {
  const { engine, server, seed, keep } = options;
  const folder = mkdtempSync(join(tmpdir(), `sms-crash-${engine}-`));
  if (!keep) ending.add(() => rmSync(folder, { recursive: true, force: true }));
  const database = await openDatabase(options, folder);
  if (!keep) ending.add(() => database.drop());
  const simulator = await startSimulator({ ...ACCOUNT, seed, settings: PLIVO_SETTINGS });
  ending.add(() => simulator.stop());
  const toPlivo = await startDetour(simulator.url);
  ending.add(() => toPlivo?.proxy.close());
  const toDatabase = engine === 'sqlite' ? null : await startDetour(database.url);
  ending.add(() => toDatabase?.proxy.close());
  const ownEnds: string[] = [];
  const instances = await openInstances(options.instances, folder, ownEnds);
  ending.add(() => Promise.all(instances.map((instance) => instance.kill())));
  const settings = new Map<Instance, string>();
  const common = serviceEnvironment(toDatabase?.url ?? database.url, toPlivo?.url ?? simulator.url);

  return {
    engine,
    folder,
    simulator,
    database,
    ways: { plivo: toPlivo?.proxy ?? null, database: toDatabase?.proxy ?? null },
    restart: server === null || typeof server === 'string' ? null : (mode) => server.restart(mode),
    instances,
    ownEnds,
    last: null,
    settings,
    start(instance, { withReports, settings: drawn, program = SERVICE }) {
      const own = instance.pid() === null ? drawn() : {};
      if (instance.pid() === null) settings.set(instance, JSON.stringify(own));
      const reports = withReports ? { PUBLIC_URL: instance.url } : {};
      return instance.start(program, { ...common, ...reports, ...own });
    },
    close: () => ending.end(),
  };
}

const openDatabase = async ({ engine, server }: StageOptions, folder: string): Promise<ScratchDatabase> =>
  engine === 'sqlite' || server === null
    ? createSqliteScratch(folder)
    : await createPostgresScratch(typeof server === 'string' ? server : server.url);

async function openInstances(count: number, folder: string, ownEnds: string[]): Promise<Stage['instances']> {
  const opened = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      createInstance({
        folder,
        log: join(folder, `instance-${index + 1}.log`),
        onOwnEnd: (how) => ownEnds.push(`instance ${index + 1} ended by itself (${how})`),
      }),
    ),
  );
  return opened as [Instance, ...Instance[]];
}
