import { cpuDuring } from '../measure/processMeter';
import type { Goal } from '../measure/row';
import type { CallerProcess } from '../processes/caller';
import type { RawInsertProcess } from '../processes/rawInsert';
import type { TutorialProcess } from '../processes/tutorial';
import { ACCOUNT, API_KEY } from '../stage/account';
import { startActor, type Actor } from '../stage/actor';
import { peopleIn } from '../stage/people';
import { startPlivo, type SimulatedPlivo } from '../stage/plivo';
import { inScope, type Keep } from '../stage/scope';
import { createScratch } from '../stage/scratchDatabase';
import { startService, type Service } from '../stage/service';
import { expectThat, type Context } from './figure';
import { compared, rateOf, type Rate } from './rates';

/** Calls to Plivo at once, and the least that is to come of it, in times the baseline. */
type Setting = { readonly concurrency: number; readonly leastAtLatency: ReadonlyMap<number, number> };

const LATENCIES_MS = [100, 0];
const SETTINGS: readonly Setting[] = [
  // The default. At 100 ms four calls at once cannot be five times as fast as one.
  { concurrency: 4, leastAtLatency: new Map([[0, 1]]) },
  {
    concurrency: 16,
    leastAtLatency: new Map([
      [100, 5],
      [0, 1],
    ]),
  },
];

type Sender = { readonly setting: Setting; readonly service: Service; readonly rates: Rate[] };
type Helpers = {
  readonly plivo: SimulatedPlivo;
  readonly tutorial: Actor<TutorialProcess>;
  readonly caller: Actor<CallerProcess>;
  readonly inserter: Actor<RawInsertProcess>;
};

/**
 * From posting a list until Plivo has taken its last batch and every number is recorded; the baseline has the list in
 * memory and records nothing.
 */
export async function measureDispatch(context: Context): Promise<void> {
  for (const latencyMs of LATENCIES_MS) {
    await inScope(async (keep) => {
      const helpers = await openHelpers(context, keep, latencyMs);
      const senders: Sender[] = [];
      for (const setting of SETTINGS) senders.push(await startSender(context, keep, helpers.plivo, setting));
      await measureAtLatency(context, latencyMs, senders, helpers);
    });
  }
}

async function openHelpers({ engine, server, plan }: Context, keep: Keep, latencyMs: number): Promise<Helpers> {
  const { size } = plan.dispatch;
  const plivo = keep(await startPlivo());
  const tutorial = keep(startActor<TutorialProcess>('tutorial'));
  const caller = keep(startActor<CallerProcess>('caller'));
  const database = keep(await createScratch(engine, server));
  const inserter = keep(startActor<RawInsertProcess>('rawInsert'));
  await plivo.ask('set', { latencyMs });
  await tutorial.ask('login', { ...ACCOUNT, apiUrl: plivo.url });
  await caller.ask('prepare', { format: 'json', size });
  await inserter.ask('prepare', { url: database.url, size: peopleIn(size) });
  return { plivo, tutorial, caller, inserter };
}

async function startSender(context: Context, keep: Keep, plivo: SimulatedPlivo, setting: Setting): Promise<Sender> {
  const database = keep(await createScratch(context.engine, context.server));
  const env = { PLIVO_BATCH_DELAY_MS: '0', PLIVO_MAX_CONCURRENCY: String(setting.concurrency) };
  const service = keep(await startService({ database, plivoUrl: plivo.url, env }));
  return { setting, service, rates: [] };
}

async function measureAtLatency(
  context: Context,
  latencyMs: number,
  senders: readonly Sender[],
  helpers: Helpers,
): Promise<void> {
  const { size, rounds } = context.plan.dispatch;
  const baseline: Rate[] = [];
  const rawInsert: Rate[] = [];
  for (let round = 0; round <= rounds; round++) {
    context.say(`dispatch, Plivo at ${latencyMs} ms, round ${round === 0 ? 'to warm up' : round}`);
    const take = (rates: Rate[], rate: Rate) => {
      if (round > 0) rates.push(rate);
    };
    take(baseline, await baselineSends(size, helpers));
    take(rawInsert, await insertsAlone(size, helpers));
    for (const { service, rates } of senders) take(rates, await serviceSends(service, size, helpers));
  }
  for (const { setting, rates } of senders) {
    const figure = `dispatch, Plivo at ${latencyMs} ms, ${setting.concurrency} calls at once`;
    const least = setting.leastAtLatency.get(latencyMs);
    const goal: Goal | null = least === undefined ? null : { of: 'ratio', kind: 'at least', value: least };
    context.row({ ...compared(figure, rates, 'baseline', baseline), ...(goal === null ? {} : { goal }) });
    // With a latency, what the database does hides behind the waiting.
    if (latencyMs === 0) context.row(compared(figure, rates, 'raw insert of the people', rawInsert));
  }
}

async function serviceSends(service: Service, size: number, helpers: Helpers): Promise<Rate> {
  const follow = () => helpers.caller.ask('postAndFollow', { url: service.url, key: API_KEY });
  const { result, cpuMs } = await cpuDuring(service.meter, follow);
  await checkLedger(peopleIn(size), helpers);
  return rateOf(peopleIn(size), result.completedMs, cpuMs);
}

async function baselineSends(size: number, helpers: Helpers): Promise<Rate> {
  const { tutorial } = helpers;
  const { result: ms, cpuMs } = await cpuDuring(tutorial.meter, () => tutorial.ask('send', size));
  await checkLedger(size, helpers);
  return rateOf(size, ms, cpuMs);
}

async function insertsAlone(size: number, { inserter }: Helpers): Promise<Rate> {
  const { result: ms, cpuMs } = await cpuDuring(inserter.meter, () => inserter.ask('measure', 'people'));
  return rateOf(peopleIn(size), ms, cpuMs);
}

/** @throws Error where Plivo did not take one text for everybody */
async function checkLedger(people: number, { plivo }: Helpers): Promise<void> {
  const ledger = await plivo.ask('ledger');
  expectThat(
    ledger.people === people && ledger.texts === people,
    `Plivo took ${ledger.texts} texts for ${ledger.people} of ${people} people.`,
  );
  await plivo.ask('reset');
}
