import { measuredOrNull } from '../measure/row';
import { cpuDuring } from '../measure/processMeter';
import { ratios } from '../measure/samples';
import type { CallerProcess } from '../processes/caller';
import type { JsonParseProcess } from '../processes/jsonParse';
import type { RawInsertProcess } from '../processes/rawInsert';
import { API_KEY } from '../stage/account';
import { startActor } from '../stage/actor';
import { optedOutPeople, textedAmong } from '../stage/people';
import { startPlivo } from '../stage/plivo';
import { inScope } from '../stage/scope';
import { createScratch } from '../stage/scratchDatabase';
import { ONLY_ACCEPTS, startService } from '../stage/service';
import { expectThat, inGroups, type Context } from './figure';

/** Larger than any list that is posted, as a real one is. */
const OPT_OUTS_AMONG = 1_000_000;

const MOST_TIMES_JSON_PARSE = 12;
const LEAST_TIMES_BASELINE = 500;

/** One broadcast as JSON: validated, de-duplicated, opted-out people removed, durable when it is answered. */
export function measureAccept(context: Context): Promise<void> {
  const { engine, server, plan } = context;
  const { size, rounds } = plan.accept;
  return inScope(async (keep) => {
    const plivo = keep(await startPlivo());
    const database = keep(await createScratch(engine, server));
    const rawDatabase = keep(await createScratch(engine, server));
    const service = keep(await startService({ database, plivoUrl: plivo.url, env: ONLY_ACCEPTS }));
    const caller = keep(startActor<CallerProcess>('caller'));
    const parser = keep(startActor<JsonParseProcess>('jsonParse'));
    const inserter = keep(startActor<RawInsertProcess>('rawInsert'));
    await service.optOut(optedOutPeople(OPT_OUTS_AMONG));
    await caller.ask('prepare', { format: 'json', size });
    await parser.ask('prepare', size);
    await inserter.ask('prepare', { url: rawDatabase.url, size: textedAmong(size) });

    const post = () => cpuDuring(service.meter, () => caller.ask('post', { url: service.url, key: API_KEY }));
    const taken: { ours: number; cpu: number | null; parse: number; insert: number }[] = [];
    for (let round = 0; round <= rounds; round++) {
      const parse = await parser.ask('measure');
      const insert = await inserter.ask('measure', 'batches');
      const { result, cpuMs } = await post();
      expectThat(
        result.accepted === textedAmong(size),
        `${result.accepted} recipients were accepted, not ${textedAmong(size)}.`,
      );
      // The first round warms up.
      if (round > 0) taken.push({ ours: result.ms, cpu: cpuMs, parse, insert });
    }

    const ours = taken.map((round) => round.ours);
    const parse = taken.map((round) => round.parse);
    const insert = taken.map((round) => round.insert);
    const common = {
      figure: `accept ${inGroups(size)} as JSON`,
      ours: { samples: ours, unit: 'ms' },
      cpu: measuredOrNull(
        taken.map((round) => round.cpu),
        'ms',
      ),
    } as const;
    context.row({
      ...common,
      against: { name: 'JSON.parse', measured: { samples: parse, unit: 'ms' } },
      ratio: { samples: ratios(ours, parse), of: 'the time' },
      goal: { of: 'ratio', kind: 'at most', value: MOST_TIMES_JSON_PARSE },
    });
    context.row({
      ...common,
      against: { name: 'raw insert', measured: { samples: insert, unit: 'ms' } },
      ratio: { samples: ratios(ours, insert), of: 'the time' },
    });
    if (context.tutorialAcceptMs !== null) {
      context.row({
        ...common,
        against: { name: 'baseline', measured: { samples: context.tutorialAcceptMs, unit: 'ms' } },
        ratio: { samples: ratios(context.tutorialAcceptMs, ours), of: 'the speed' },
        goal: { of: 'ratio', kind: 'at least', value: LEAST_TIMES_BASELINE },
      });
    }
  });
}
