import { cpuDuring } from '../measure/processMeter';
import { measuredOrNull } from '../measure/row';
import { ratios } from '../measure/samples';
import type { CallerProcess } from '../processes/caller';
import { API_KEY } from '../stage/account';
import { startActor, type Actor } from '../stage/actor';
import { startPlivo } from '../stage/plivo';
import { inScope } from '../stage/scope';
import { createScratch } from '../stage/scratchDatabase';
import { ONLY_ACCEPTS, startService, type Service } from '../stage/service';
import { expectThat, inGroups, type Context } from './figure';

const MOST_TIMES_ONE_TEXT = 5;

type Taken = { readonly ms: number; readonly cpuMs: number | null };

/**
 * A text for each person against one text for all, the same people in the same form, turn by turn in one process: each text
 * is a call, and so a row, of its own.
 */
export function measureAcceptPersonal(context: Context): Promise<void> {
  const { engine, server, plan } = context;
  const { size, rounds } = plan.accept;
  return inScope(async (keep) => {
    const plivo = keep(await startPlivo());
    const database = keep(await createScratch(engine, server));
    const service = keep(await startService({ database, plivoUrl: plivo.url, env: ONLY_ACCEPTS }));
    const forAll = keep(startActor<CallerProcess>('caller'));
    const forEach = keep(startActor<CallerProcess>('caller'));
    await forAll.ask('prepareNamed', { size, isPersonal: false });
    await forEach.ask('prepareNamed', { size, isPersonal: true });

    const [one, own]: [Taken[], Taken[]] = [[], []];
    for (let round = 0; round <= rounds; round++) {
      const [first, second] = [await post(service, forAll, size), await post(service, forEach, size)];
      // The first round warms up.
      if (round === 0) continue;
      one.push(first);
      own.push(second);
    }
    context.row({
      figure: `accept ${inGroups(size)} texts of their own`,
      ours: { samples: own.map(({ ms }) => ms), unit: 'ms' },
      cpu: cpuOf(own),
      against: {
        name: 'one text for all',
        measured: { samples: one.map(({ ms }) => ms), unit: 'ms' },
        cpu: cpuOf(one),
      },
      ratio: {
        samples: ratios(
          own.map(({ ms }) => ms),
          one.map(({ ms }) => ms),
        ),
        of: 'the time',
      },
      goal: { of: 'ratio', kind: 'at most', value: MOST_TIMES_ONE_TEXT },
    });
  });
}

async function post(service: Service, caller: Actor<CallerProcess>, size: number): Promise<Taken> {
  const { result, cpuMs } = await cpuDuring(service.meter, () =>
    caller.ask('post', { url: service.url, key: API_KEY }),
  );
  expectThat(result.accepted === size, `${result.accepted} recipients were accepted, not ${size}.`);
  return { ms: result.ms, cpuMs };
}

const cpuOf = (taken: readonly Taken[]) =>
  measuredOrNull(
    taken.map(({ cpuMs }) => cpuMs),
    'ms',
  );
