import { setTimeout as sleepFor } from 'node:timers/promises';
import { cpuDuring } from '../measure/processMeter';
import { measuredOrNull } from '../measure/row';
import { median, ratios } from '../measure/samples';
import type { CallerProcess } from '../processes/caller';
import type { RawLoadProcess } from '../processes/rawLoad';
import { API_KEY } from '../stage/account';
import { startActor } from '../stage/actor';
import { distinctPeople } from '../stage/people';
import { startPlivo } from '../stage/plivo';
import { inScope } from '../stage/scope';
import { createScratch } from '../stage/scratchDatabase';
import { startService, type Service } from '../stage/service';
import { dispatchAll } from './dispatchAll';
import { expectThat, inGroups, type Context } from './figure';

const FEW = 10;
/** "As fast as": what is measured twice differs by a few percent as well. */
const MOST_TIMES_FEW = 1.25;
const LOOK_EVERY_MS = 20;
/** 50 batches a second: fast enough to wait for, slow enough to be stopped in the middle. */
const PACE = { PLIVO_BATCH_DELAY_MS: '20' };

/** Reading the status of the largest broadcast, in the middle of its dispatch, against reading that of a small one. */
export function measureStatus(context: Context): Promise<void> {
  const { engine, server, plan } = context;
  const { size, sent, rounds, reads } = plan.status;
  return inScope(async (keep) => {
    const plivo = keep(await startPlivo());
    const database = keep(await createScratch(engine, server));
    const service = keep(await startService({ database, plivoUrl: plivo.url, env: PACE }));
    const caller = keep(startActor<CallerProcess>('caller'));
    const load = keep(startActor<RawLoadProcess>('rawLoad'));
    const few = await dispatchAll(service, distinctPeople(FEW));
    await caller.ask('prepare', { format: 'json', size });
    const { id: many } = await caller.ask('post', { url: service.url, key: API_KEY });
    await pauseAfter(service, many, sent);

    const read = async (id: string) => {
      const url = `${service.url}/broadcast/${id}`;
      const repeat = () => load.ask('repeat', { url, key: API_KEY, count: reads });
      const { result, cpuMs } = await cpuDuring(service.meter, repeat);
      expectThat(result.statuses['200'] === reads, `Reads were answered ${JSON.stringify(result.statuses)}.`);
      return {
        us: median(result.latenciesMs) * 1000,
        cpuUs: cpuMs === null ? null : (cpuMs * 1000) / reads,
      };
    };
    const taken: { many: Awaited<ReturnType<typeof read>>; few: Awaited<ReturnType<typeof read>> }[] = [];
    for (let round = 0; round <= rounds; round++) {
      context.say(`status, round ${round === 0 ? 'to warm up' : round}`);
      const both = { many: await read(many), few: await read(few) };
      if (round > 0) taken.push(both);
    }
    const us = (of: 'many' | 'few') => taken.map((round) => round[of].us);
    const cpu = (of: 'many' | 'few') =>
      measuredOrNull(
        taken.map((round) => round[of].cpuUs),
        'µs',
      );
    context.row({
      figure: `status of a broadcast of ${inGroups(size)}`,
      ours: { samples: us('many'), unit: 'µs' },
      cpu: cpu('many'),
      against: { name: `one of ${FEW}`, measured: { samples: us('few'), unit: 'µs' }, cpu: cpu('few') },
      ratio: { samples: ratios(us('many'), us('few')), of: 'the time' },
      goal: { of: 'ratio', kind: 'at most', value: MOST_TIMES_FEW },
    });
  });
}

/** Stops a broadcast in the middle, so that it has people in every stage and nothing disturbs the reads. */
async function pauseAfter(service: Service, id: string, sent: number): Promise<void> {
  for (;;) {
    const { batches, recipients } = await service.call('GET', `/broadcast/${id}`);
    if (batches.sent * (recipients.accepted / batches.total) >= sent) break;
    await sleepFor(LOOK_EVERY_MS);
  }
  await service.call('POST', `/broadcast/${id}/pause`);
  while ((await service.call('GET', `/broadcast/${id}`)).batches.sending > 0) await sleepFor(LOOK_EVERY_MS);
}
