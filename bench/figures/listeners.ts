import { cpuDuring } from '../measure/processMeter';
import type { AudienceProcess } from '../processes/audience';
import type { CallerProcess } from '../processes/caller';
import { API_KEY } from '../stage/account';
import { startActor } from '../stage/actor';
import { startPlivo } from '../stage/plivo';
import { inScope } from '../stage/scope';
import { createScratch } from '../stage/scratchDatabase';
import { startService } from '../stage/service';
import { expectThat, inGroups, type Context } from './figure';
import { compared, rateOf, type Rate } from './rates';

/** Plivo's own: what telling takes shows in what is left of the processor. */
const LATENCY_MS = 100;
/** "Without slowing it": by a twentieth at most. */
const LEAST_OF_THE_SPEED = 0.95;

/** Dispatch while many listen to every change, against the same with nobody listening, in turns. */
export function measureListeners(context: Context): Promise<void> {
  const { engine, server, plan } = context;
  const { size, count, rounds } = plan.listeners;
  return inScope(async (keep) => {
    const plivo = keep(await startPlivo());
    await plivo.ask('set', { latencyMs: LATENCY_MS });
    const database = keep(await createScratch(engine, server));
    const env = { PLIVO_BATCH_DELAY_MS: '0', EVENTS_MAX_LISTENERS: String(count) };
    const service = keep(await startService({ database, plivoUrl: plivo.url, env }));
    const caller = keep(startActor<CallerProcess>('caller'));
    const audience = keep(startActor<AudienceProcess>('audience'));
    await caller.ask('prepare', { format: 'json', size });

    const send = async (): Promise<Rate> => {
      const follow = () => caller.ask('postAndFollow', { url: service.url, key: API_KEY });
      const { result, cpuMs } = await cpuDuring(service.meter, follow);
      await plivo.ask('reset');
      return rateOf(result.accepted, result.completedMs, cpuMs);
    };
    const sendWithAudience = async (): Promise<Rate> => {
      await audience.ask('listen', { url: service.url, key: API_KEY, count });
      const rate = await send();
      const { open, least } = await audience.ask('leave');
      expectThat(open === count && least > 0, `${open} of ${count} listened to the end; one was told ${least} times.`);
      return rate;
    };

    const [alone, heard]: [Rate[], Rate[]] = [[], []];
    for (let round = 0; round <= rounds; round++) {
      context.say(`listeners, round ${round === 0 ? 'to warm up' : round}`);
      const both = { alone: await send(), heard: await sendWithAudience() };
      if (round === 0) continue;
      alone.push(both.alone);
      heard.push(both.heard);
    }
    context.row({
      ...compared(`dispatch beside ${inGroups(count)} listeners`, heard, 'nobody listens', alone),
      goal: { of: 'ratio', kind: 'at least', value: LEAST_OF_THE_SPEED },
    });
  });
}
