import type { Chance } from '../clockwork/chance';
import { OutcomeUnknownError, ServiceError } from '../../domain/errors';
import { CLOCKS_APART_MS } from '../faults/drawLocalTimes';
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

/** How one try ended; after words alone, another one follows. */
type TryEnd = CallersEnd | 'not heard' | 'lost' | 'in progress';

/** A caller who meets the same again and again gives up. */
const MOST_TRIES = 40;
const MINUTE_MS = 60_000;
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

  async function submit(planned: PlannedBroadcast, times: Times): Promise<TryEnd> {
    const answer = await processes.ask(({ services: { broadcastService } }) =>
      makeRequest(broadcastService, planned, { people: plan.people, ...times }),
    );
    switch (answer.kind) {
      case 'answered':
        return { kind: 'told', id: answer.value.broadcast.id, isReplay: answer.value.kind === 'replayed' };
      case 'refused':
        return 'not heard';
      case 'lost':
        return planned.key === null ? { kind: 'in the dark' } : 'lost';
      case 'failed':
        return afterError(answer.error, planned.key);
    }
  }

  async function run(planned: PlannedBroadcast, place: number): Promise<void> {
    const times = timesOf(planned, ground.clock.now());
    if (times.sendAtLocal !== null) record.localTimes.set(planned.text, times.sendAtLocal);
    let refusals = 0;
    let lostAt: number | null = null;
    for (let tries = 1; ; tries++) {
      const end = await submit(planned, times);
      trace('caller', wordFor(end), { text: planned.text, end });
      if (end === 'lost') lostAt = timeline.now();
      if (end === 'in progress' && lostAt !== null) record.putOffMs.set(place, timeline.now() - lostAt);
      if (typeof end === 'object' && end.kind === 'refused') refusals++;
      if (tries < MOST_TRIES && asksAgain(planned, end, refusals)) {
        await rest();
        continue;
      }
      record.callers.set(place, typeof end === 'object' ? end : { kind: 'in the dark' });
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

type Times = { readonly sendAt: number | null; readonly sendAtLocal: string | null };

/** A time of people's own clocks is one to the minute; those have it first whose clocks are furthest ahead. */
function timesOf({ sendInMs, localInMs }: PlannedBroadcast, now: number): Times {
  const local = localInMs === null ? null : new Date(now + localInMs + CLOCKS_APART_MS + MINUTE_MS);
  return {
    sendAt: sendInMs === null ? null : now + sendInMs,
    sendAtLocal: local === null ? null : local.toISOString().slice(0, 'yyyy-mm-ddThh:mm'.length),
  };
}

const wordFor = (end: TryEnd) => (typeof end === 'object' ? `is ${end.kind}` : `will ask again: ${end}`);

function asksAgain({ key }: PlannedBroadcast, end: TryEnd, refusals: number): boolean {
  if (typeof end === 'string') return true;
  return end.kind === 'refused' && key !== null && refusals < TRIES_AFTER_A_REFUSAL;
}

/** 409 asks for another try; what cannot be known may be asked again only with a key. */
function afterError(error: unknown, key: string | null): TryEnd {
  if (error instanceof ServiceError) {
    const { code } = error;
    return code === 'in_progress' ? 'in progress' : { kind: 'refused', code };
  }
  if (error instanceof OutcomeUnknownError) return key === null ? { kind: 'in the dark' } : 'lost';
  // The error handler answers what it does not know with 500 or 503: nothing was accepted.
  return key === null ? { kind: 'refused', code: 'error' } : 'not heard';
}
