import { cpuDuring, type ProcessMeter } from '../measure/processMeter';
import { measuredOrNull, type Row } from '../measure/row';
import { ratios } from '../measure/samples';
import type { BareServerKind, BareServerProcess } from '../processes/bareServer';
import type { RawLoadProcess } from '../processes/rawLoad';
import { ACCOUNT } from '../stage/account';
import { startActor, type Actor } from '../stage/actor';
import { distinctPeople } from '../stage/people';
import { startPlivo } from '../stage/plivo';
import { inScope } from '../stage/scope';
import { createScratch } from '../stage/scratchDatabase';
import { startService } from '../stage/service';
import { dispatchAll } from './dispatchAll';
import { expectThat, type Context } from './figure';

const LEAST_OF_EXPRESS = { sqlite: 0.8, postgres: 0.5 };
/** Above it, the load generator may be what was measured. */
const BUSY = 0.9;

type Server = { readonly url: string; readonly meter: ProcessMeter };
type Rate = { readonly perSecond: number; readonly cpuUs: number | null; readonly loadShare: number | null };

/** Signed delivery reports, each of another person, each answered when it is durable. */
export function measureReports(context: Context): Promise<void> {
  const { engine, server, plan } = context;
  const { each, rounds } = plan.reports;
  return inScope(async (keep) => {
    const plivo = keep(await startPlivo());
    const database = keep(await createScratch(engine, server));
    const service = keep(await startService({ database, plivoUrl: plivo.url, env: { PLIVO_BATCH_DELAY_MS: '0' } }));
    const load = keep(startActor<RawLoadProcess>('rawLoad'));
    const bare = async (kind: BareServerKind): Promise<Server> => {
      const actor = keep(startActor<BareServerProcess>('bareServer'));
      return { url: await actor.ask('start', kind), meter: actor.meter };
    };
    const express = await bare('express');
    const http = await bare('http');

    // One slice of people for each round; the first warms up.
    const people = each * (rounds + 1);
    const id = await dispatchAll(service, distinctPeople(people));
    const calls = await plivo.ask('takenCalls', people);
    const ready = await load.ask('prepareReports', { calls, authToken: ACCOUNT.authToken });
    expectThat(ready === people, `${ready} people were texted, not ${people}.`);

    const taken: { ours: Rate; express: Rate; http: Rate }[] = [];
    for (let round = 0; round <= rounds; round++) {
      context.say(`delivery reports, round ${round === 0 ? 'to warm up' : round}`);
      const measure = (one: Server) => measureRate(one, load, context, round * each);
      const rates = { ours: await measure(service), express: await measure(express), http: await measure(http) };
      if (round > 0) taken.push(rates);
    }
    const { delivery } = await service.call('GET', `/broadcast/${id}`);
    expectThat(delivery.delivered === people, `${delivery.delivered} of ${people} reports were counted.`);
    addRows(context, taken);
  });
}

async function measureRate(
  { url, meter }: Server,
  load: Actor<RawLoadProcess>,
  { plan }: Context,
  first: number,
): Promise<Rate> {
  const { each: count, connections } = plan.reports;
  const run = () => cpuDuring(meter, () => load.ask('run', { url, first, count, connections }));
  const { result, cpuMs: loadMs } = await cpuDuring(load.meter, run);
  const { elapsedMs, statuses } = result.result;
  expectThat(statuses['204'] === count, `Reports were answered ${JSON.stringify(statuses)}, not 204.`);
  return {
    perSecond: (count * 1000) / elapsedMs,
    cpuUs: result.cpuMs === null ? null : (result.cpuMs * 1000) / count,
    loadShare: loadMs === null ? null : loadMs / elapsedMs,
  };
}

function addRows(context: Context, taken: readonly { ours: Rate; express: Rate; http: Rate }[]): void {
  const perSecond = (of: 'ours' | 'express' | 'http') => taken.map((round) => round[of].perSecond);
  const cpu = (of: 'ours' | 'express' | 'http') =>
    measuredOrNull(
      taken.map((round) => round[of].cpuUs),
      'µs',
    );
  const against = (
    name: string,
    of: 'express' | 'http',
  ): Pick<Row, 'figure' | 'ours' | 'cpu' | 'against' | 'ratio'> => ({
    figure: 'delivery reports',
    ours: { samples: perSecond('ours'), unit: '/s' },
    cpu: cpu('ours'),
    against: { name, measured: { samples: perSecond(of), unit: '/s' }, cpu: cpu(of) },
    ratio: { samples: ratios(perSecond('ours'), perSecond(of)), of: 'the speed' },
  });
  context.row({
    ...against('Express, doing nothing', 'express'),
    goal: { of: 'ratio', kind: 'at least', value: LEAST_OF_EXPRESS[context.engine] },
  });
  context.row(against('node:http, doing nothing', 'http'));
  noteBusyLoad(context, taken);
}

function noteBusyLoad(context: Context, taken: readonly { ours: Rate; express: Rate; http: Rate }[]): void {
  for (const of of ['ours', 'express', 'http'] as const) {
    const shares = taken.map((round) => round[of].loadShare ?? 0);
    const most = Math.max(...shares);
    if (most < BUSY) continue;
    const name = { ours: 'the service', express: 'Express', http: 'node:http' }[of];
    context.note(
      `Delivery reports to ${name} (${context.engine}): the load generator used ${Math.round(most * 100)} % of a core, so the server could do more than shown.`,
    );
  }
}
