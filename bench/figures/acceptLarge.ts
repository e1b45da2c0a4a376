import { FORMAT_NAMES, FORMATS, type BodyFormat } from '../load/bodies';
import { cpuDuring } from '../measure/processMeter';
import { measuredOrNull, type Measured } from '../measure/row';
import { ratios } from '../measure/samples';
import type { CallerProcess, Posted } from '../processes/caller';
import type { ProbeProcess, ProbeResult } from '../processes/probe';
import { API_KEY } from '../stage/account';
import { startActor, type Actor } from '../stage/actor';
import { distinctPeople, optedOutPeople, textedAmong } from '../stage/people';
import { startPlivo, type SimulatedPlivo } from '../stage/plivo';
import { inScope } from '../stage/scope';
import { createScratch } from '../stage/scratchDatabase';
import { ONLY_ACCEPTS, startService, type Service } from '../stage/service';
import { openBodyFloor } from './bodyFloor';
import { expectThat, inGroups, type Context } from './figure';

type Limits = { readonly ms: number; readonly peakMb: number; readonly waitMs: number };

/** The design sets goals for these two; the other formats take the same way as CSV. */
const LIMITS: Readonly<Partial<Record<BodyFormat, Limits>>> = {
  json: { ms: 3000, peakMb: 500, waitMs: 500 },
  csv: { ms: 5000, peakMb: 250, waitMs: 100 },
};

const UNSUPPORTED = 415;
const PEOPLE_OF_ANOTHER_BROADCAST = 10;

type Helpers = {
  readonly plivo: SimulatedPlivo;
  readonly caller: Actor<CallerProcess>;
  readonly probe: Actor<ProbeProcess>;
};

type Round = {
  readonly posted: Posted;
  readonly probed: ProbeResult;
  readonly cpuMs: number | null;
  readonly peakMb: number | null;
  readonly floorMs: number;
};

/** The largest broadcast there is, in each form it may come in, and what it means for everybody else meanwhile. */
export function measureAcceptLarge(context: Context): Promise<void> {
  return inScope(async (keep) => {
    const plivo = keep(await startPlivo());
    const caller = keep(startActor<CallerProcess>('caller'));
    const probe = keep(startActor<ProbeProcess>('probe'));
    for (const format of FORMATS) await measureFormat(context, format, { plivo, caller, probe });
  });
}

async function measureFormat(context: Context, format: BodyFormat, helpers: Helpers): Promise<void> {
  const { size, rounds: mostRounds, roundsWithoutGoal } = context.plan.large;
  const limits = LIMITS[format];
  const figure = `accept ${inGroups(size)} as ${FORMAT_NAMES[format]}`;
  await helpers.caller.ask('prepare', { format, size });
  await inScope(async (keep) => {
    const floor = keep(await openBodyFloor(format, size, helpers.caller));
    const rounds: Round[] = [];
    for (let round = 1; round <= (limits === undefined ? roundsWithoutGoal : mostRounds); round++) {
      context.say(`${figure}, round ${round}`);
      const measured = await measureRound(context, helpers);
      if (measured === null) {
        context.note(`${figure} was skipped on ${context.engine}: the service does not take this format (415).`);
        return;
      }
      rounds.push({ ...measured, floorMs: await floor.measure() });
    }
    addRows(context, figure, rounds, floor.name, limits);
  });
}

function addRows(
  context: Context,
  figure: string,
  rounds: readonly Round[],
  floorName: string,
  limits: Limits | undefined,
): void {
  const withGoal = (limit: number | undefined) =>
    limit === undefined ? {} : { goal: { of: 'ours', kind: 'at most', value: limit } as const };
  const answer = rounds.map(({ posted }) => posted.ms);
  const floor = rounds.map(({ floorMs }) => floorMs);
  const cpu = measuredOrNull(
    rounds.map(({ cpuMs }) => cpuMs),
    'ms',
  );
  const peak = measuredOrNull(
    rounds.map(({ peakMb }) => peakMb),
    'MB',
  );
  const longestWait: Measured = { samples: rounds.map(({ probed }) => probed.longestMs), unit: 'ms' };

  context.row({
    figure,
    ours: { samples: answer, unit: 'ms' },
    cpu,
    against: { name: floorName, measured: { samples: floor, unit: 'ms' } },
    ratio: { samples: ratios(answer, floor), of: 'the time' },
    ...withGoal(limits?.ms),
  });
  if (peak !== null) context.row({ figure: '– memory of the service', ours: peak, ...withGoal(limits?.peakMb) });
  context.row({ figure: '– longest wait of others', ours: longestWait, ...withGoal(limits?.waitMs) });
}

/** A fresh process each time: what one list took of memory would hide what the next one takes. Null: not supported. */
function measureRound(
  { engine, server, plan }: Context,
  { plivo, caller, probe }: Helpers,
): Promise<Omit<Round, 'floorMs'> | null> {
  const { size } = plan.large;
  return inScope(async (keep) => {
    const database = keep(await createScratch(engine, server));
    const service = keep(await startService({ database, plivoUrl: plivo.url, env: ONLY_ACCEPTS }));
    await service.optOut(optedOutPeople(size));
    const urls = [`${service.url}/health/live`, `${service.url}/broadcast/${await postAnother(service)}`];
    await probe.ask('start', { urls, key: API_KEY });
    const post = () => caller.ask('post', { url: service.url, key: API_KEY });
    const { result: posted, cpuMs } = await cpuDuring(service.meter, post);
    const probed = await probe.ask('stop');
    if (posted.status === UNSUPPORTED) return null;
    const texted = textedAmong(size);
    expectThat(posted.accepted === texted, `${posted.accepted} recipients were accepted, not ${texted}.`);
    expectThat(probed.failures === 0, `${probed.failures} of ${probed.requests} other requests failed meanwhile.`);
    return { posted, probed, cpuMs, peakMb: service.meter.peakMb() };
  });
}

/** A broadcast that somebody else looks at meanwhile. */
async function postAnother(service: Service): Promise<string> {
  const recipients = distinctPeople(PEOPLE_OF_ANOTHER_BROADCAST);
  const { id } = await service.call('POST', '/broadcast', { message: 'Hello', recipients });
  return id;
}
