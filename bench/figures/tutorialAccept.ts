import type { Samples } from '../measure/samples';
import type { Plan } from '../plan';
import type { CallerProcess } from '../processes/caller';
import type { TutorialProcess } from '../processes/tutorial';
import { API_KEY } from '../stage/account';
import { startActor } from '../stage/actor';
import { inScope } from '../stage/scope';
import { expectThat } from './figure';

/**
 * What the baseline takes for the list of the `accept` figure, measured at that very size: its time grows faster than the
 * list, so that an estimate from smaller ones would flatter it. Once, as that one takes a minute.
 */
export function measureTutorialAccept({ accept }: Plan): Promise<Samples> {
  return inScope(async (keep) => {
    const tutorial = keep(startActor<TutorialProcess>('tutorial'));
    const caller = keep(startActor<CallerProcess>('caller'));
    const target = { url: await tutorial.ask('listen'), key: API_KEY };
    await caller.ask('prepare', { format: 'json', size: WARM_UP });
    await caller.ask('post', target);
    await caller.ask('prepare', { format: 'json', size: accept.size });
    const { ms, accepted } = await caller.ask('post', target);
    expectThat(accepted === accept.size, `The baseline accepted ${accepted} of ${accept.size} recipients.`);
    return [ms];
  });
}

const WARM_UP = 500;
