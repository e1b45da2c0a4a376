import { median } from '../measure/samples';
import type { Plan } from '../plan';
import type { CallerProcess } from '../processes/caller';
import type { RawLoadProcess } from '../processes/rawLoad';
import { ACCOUNT, API_KEY } from '../stage/account';
import { startActor, type Actor } from '../stage/actor';
import { peopleIn } from '../stage/people';
import { startPlivo, type SimulatedPlivo } from '../stage/plivo';
import { inScope } from '../stage/scope';
import { createScratch, type EngineName } from '../stage/scratchDatabase';
import { startService } from '../stage/service';
import { expectThat, inGroups } from './figure';

/** What the service makes of ever larger lists: one line of a table. */
export type GrowthRow = {
  readonly engine: EngineName;
  /** Of one broadcast. */
  readonly recipients: number;
  readonly broadcasts: number;
  /** Of one broadcast; the median where there are several. */
  readonly acceptMs: number;
  /** People a second, from posting until Plivo has taken the last batch. */
  readonly dispatchPerSecond: number;
  readonly reportsPerSecond: number;
  /** Reading the status of the last broadcast. */
  readonly statusUs: number;
  readonly peakMb: number | null;
  readonly databaseMb: number;
};

export type GrowthOptions = {
  readonly engine: EngineName;
  readonly server: string | null;
  readonly plan: Plan;
  readonly say: (text: string) => void;
};

type Load = { readonly recipients: number; readonly broadcasts: number };
type Helpers = {
  readonly plivo: SimulatedPlivo;
  readonly caller: Actor<CallerProcess>;
  readonly load: Actor<RawLoadProcess>;
};

const FAST = { PLIVO_BATCH_DELAY_MS: '0', PLIVO_MAX_CONCURRENCY: '16' };
const STATUS_READS = 200;
const BATCH = 1000;

/** Every size in a fresh database, once: what counts is how the lines differ. */
export function measureGrowth(options: GrowthOptions): Promise<GrowthRow[]> {
  const { sizes, broadcasts } = options.plan.growth;
  return inScope(async (keep) => {
    const plivo = keep(await startPlivo());
    const caller = keep(startActor<CallerProcess>('caller'));
    const load = keep(startActor<RawLoadProcess>('rawLoad'));
    const rows: GrowthRow[] = [];
    const loads = [
      ...sizes.map((recipients) => ({ recipients, broadcasts: 1 })),
      { recipients: sizes.at(-1) ?? 0, broadcasts },
    ];
    for (const one of loads) rows.push(await measureLoad(options, one, { plivo, caller, load }));
    return rows;
  });
}

function measureLoad(
  { engine, server, plan, say }: GrowthOptions,
  { recipients, broadcasts }: Load,
  { plivo, caller, load }: Helpers,
): Promise<GrowthRow> {
  return inScope(async (keep) => {
    const database = keep(await createScratch(engine, server));
    const service = keep(await startService({ database, plivoUrl: plivo.url, env: FAST }));
    const target = { url: service.url, key: API_KEY };
    const acceptMs: number[] = [];
    let completedMs = 0;
    let id = '';
    for (let broadcast = 0; broadcast < broadcasts; broadcast++) {
      say(`growth, ${inGroups(recipients)} recipients, broadcast ${broadcast + 1} of ${broadcasts}`);
      // The simulator would otherwise hold all texts of all broadcasts.
      await plivo.ask('reset');
      await caller.ask('prepare', { format: 'json', size: recipients, from: broadcast * recipients });
      const followed = await caller.ask('postAndFollow', target);
      acceptMs.push(followed.ms);
      completedMs += followed.completedMs;
      id = followed.id;
      const { people, texts } = await plivo.ask('ledger');
      expectThat(
        people === peopleIn(recipients) && texts === people,
        `Plivo took ${texts} texts for ${people} people.`,
      );
    }

    const most = Math.min(plan.growth.reports, peopleIn(recipients));
    const calls = await plivo.ask('takenCalls', Math.ceil(most / BATCH) + 1);
    await load.ask('prepareReports', { calls, authToken: ACCOUNT.authToken });
    const { connections } = plan.reports;
    const warmUp = Math.floor(most / 10);
    const count = most - warmUp;
    await load.ask('run', { url: service.url, first: 0, count: warmUp, connections });
    const reports = await load.ask('run', { url: service.url, first: warmUp, count, connections });
    expectThat(reports.statuses['204'] === count, `Reports were answered ${JSON.stringify(reports.statuses)}.`);
    const url = `${service.url}/broadcast/${id}`;
    const reads = await load.ask('repeat', { url, key: API_KEY, count: STATUS_READS });

    return {
      engine,
      recipients,
      broadcasts,
      acceptMs: median(acceptMs),
      dispatchPerSecond: (peopleIn(recipients) * broadcasts * 1000) / completedMs,
      reportsPerSecond: (count * 1000) / reports.elapsedMs,
      statusUs: median(reads.latenciesMs) * 1000,
      peakMb: service.meter.peakMb(),
      databaseMb: await database.sizeMb(),
    };
  });
}
