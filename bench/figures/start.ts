import { execFileSync } from 'node:child_process';
import { measuredOrNull } from '../measure/row';
import { ratios } from '../measure/samples';
import { startPlivo } from '../stage/plivo';
import { inScope } from '../stage/scope';
import { createScratch } from '../stage/scratchDatabase';
import { startService } from '../stage/service';
import type { Context } from './figure';

const MOST_MS = 1000;

/** From starting the process until `/health/ready` answers 200; the database has its tables, as at every start but one. */
export function measureStart(context: Context): Promise<void> {
  const { engine, server, plan } = context;
  return inScope(async (keep) => {
    const plivo = keep(await startPlivo());
    const database = keep(await createScratch(engine, server));
    const taken: { ms: number; cpuMs: number | null; floorMs: number }[] = [];
    for (let round = 0; round <= plan.start.rounds; round++) {
      context.say(`start, round ${round === 0 ? 'to warm up' : round}`);
      await inScope(async (keepForRound) => {
        const service = keepForRound(await startService({ database, plivoUrl: plivo.url }));
        const floorMs = startNodeAlone();
        if (round > 0) taken.push({ ms: service.startMs, cpuMs: service.meter.cpuMs(), floorMs });
      });
    }
    const ours = taken.map(({ ms }) => ms);
    const floor = taken.map(({ floorMs }) => floorMs);
    context.row({
      figure: 'start, to the first 200 of /health/ready',
      ours: { samples: ours, unit: 'ms' },
      cpu: measuredOrNull(
        taken.map(({ cpuMs }) => cpuMs),
        'ms',
      ),
      against: { name: 'Node, doing nothing', measured: { samples: floor, unit: 'ms' } },
      ratio: { samples: ratios(ours, floor), of: 'the time' },
      goal: { of: 'ours', kind: 'at most', value: MOST_MS },
    });
  });
}

function startNodeAlone(): number {
  const began = performance.now();
  execFileSync(process.execPath, ['--eval', '0'], { env: {} });
  return performance.now() - began;
}
