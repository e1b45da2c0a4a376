import type { Chance } from '../clockwork/chance';
import { OutcomeUnknownError, ServiceError } from '../../domain/errors';
import type { PlannedBroadcast } from '../faults/worldPlan';
import type { Ground } from '../ground/ground';
import type { Processes } from '../processes/processes';
import type { CallersEnd } from '../ground/worldRecord';
import { makeRequest } from './submission';

export type Callers = {
  /** Each submits their broadcast when it is time, and repeats it as a careful caller does. */
  begin(): void;
  /** How many have not come to an end yet. */
  underWay(): number;
};

/** A caller who meets the same again and again gives up. */
const MOST_TRIES = 40;
const ASK_AGAIN_MS = { from: 300, to: 20_000 } as const;
/** Whoever was told that nobody was texted may submit the same once more with the same key. */
const TRIES_AFTER_A_REFUSAL = 2;

export function createCallers(ground: Ground, processes: Processes, chance: Chance): Callers {
  const { plan, timeline, record, trace } = ground;
  let underWay = 0;

  const rest = () =>
    new Promise<void>((resolve) => {
      timeline.after(chance.anyMagnitude(ASK_AGAIN_MS.from, ASK_AGAIN_MS.to), null, resolve);
    });

  async function submit(planned: PlannedBroadcast, sendAt: number | null): Promise<CallersEnd | 'again'> {
    const answer = await processes.ask(({ services: { broadcastService } }) =>
      makeRequest(broadcastService, planned, { people: plan.people, sendAt }),
    );
    switch (answer.kind) {
      case 'answered':
        return { kind: 'told', id: answer.value.broadcast.id, isReplay: answer.value.kind === 'replayed' };
      case 'refused':
        return 'again';
      case 'lost':
        return planned.key === null ? { kind: 'in the dark' } : 'again';
      case 'failed':
        return afterError(answer.error, planned.key);
    }
  }

  async function run(planned: PlannedBroadcast, place: number): Promise<void> {
    const sendAt = planned.sendInMs === null ? null : ground.clock.now() + planned.sendInMs;
    let refusals = 0;
    for (let tries = 1; ; tries++) {
      const end = await submit(planned, sendAt);
      trace('caller', end === 'again' ? 'will ask again' : end.kind, {
        text: planned.text,
        ...(end === 'again' ? {} : end),
      });
      const isRefused = end !== 'again' && end.kind === 'refused';
      if (isRefused) refusals++;
      const asksAgain = end === 'again' || (isRefused && planned.key !== null && refusals < TRIES_AFTER_A_REFUSAL);
      if (asksAgain && tries < MOST_TRIES) {
        await rest();
        continue;
      }
      record.callers.set(place, end === 'again' ? { kind: 'in the dark' } : end);
      underWay--;
      return;
    }
  }

  return {
    underWay: () => underWay,
    begin() {
      for (const [place, planned] of plan.broadcasts.entries()) {
        underWay++;
        timeline.after(planned.submitAtMs, null, () => void run(planned, place));
      }
    },
  };
}

/** 409 and 503 ask for another try; what cannot be known may be asked again only with a key. */
function afterError(error: unknown, key: string | null): CallersEnd | 'again' {
  if (error instanceof ServiceError) {
    const { code } = error;
    return code === 'in_progress' ? 'again' : { kind: 'refused', code };
  }
  if (error instanceof OutcomeUnknownError) return key === null ? { kind: 'in the dark' } : 'again';
  // The error handler answers what it does not know with 500 or 503: nothing was accepted.
  return key === null ? { kind: 'refused', code: 'error' } : 'again';
}
