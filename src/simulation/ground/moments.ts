import type { Life, Timeline } from '../clockwork/timeline';
import type { Moment } from '../faults/fault';

/** Lets things happen when their moment comes, and counts what moments are counted in. */
export type Moments = {
  /** `actor`: whose statement or call made the moment; null for one by time. */
  at(moment: Moment, happen: (actor: Life | null) => void): void;
  statementDone(actor: Life): void;
  callMade(actor: Life): void;
  readonly counted: { statements: number; calls: number };
  /** Moments by time that are still to come. */
  pending(): number;
};

type Happening = (actor: Life | null) => void;

export function createMoments(timeline: Timeline): Moments {
  const byStatement = new Map<number, Happening[]>();
  const byCall = new Map<number, Happening[]>();
  const counted = { statements: 0, calls: 0 };
  let pending = 0;

  const add = (map: Map<number, Happening[]>, key: number, happen: Happening) => {
    map.set(key, [...(map.get(key) ?? []), happen]);
  };
  const later = (ms: number, happen: () => void) => {
    pending++;
    timeline.after(ms, null, () => {
      pending--;
      timeline.stir();
      happen();
    });
  };

  return {
    counted,
    pending: () => pending,
    at(moment, happen) {
      if ('atMs' in moment) later(moment.atMs - timeline.now(), () => happen(null));
      else if ('statement' in moment) add(byStatement, moment.statement, happen);
      else add(byCall, moment.call, (actor) => later(moment.afterMs, () => happen(actor)));
    },
    statementDone(actor) {
      counted.statements++;
      for (const happen of byStatement.get(counted.statements) ?? []) happen(actor);
    },
    callMade(actor) {
      counted.calls++;
      for (const happen of byCall.get(counted.calls) ?? []) happen(actor);
    },
  };
}
