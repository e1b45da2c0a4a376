import type { InboundStore } from '../../store/hearing/inboundStore';
import type { DispatchFault, FaultStore } from '../../store/sending/faultStore';
import { commonEvent, type LiveEvent } from './liveEvents';

export type CommonNewsDeps = {
  readonly faults: Pick<FaultStore, 'current'>;
  readonly inbound: Pick<InboundStore, 'countWaiting'>;
  /** A fault as callers see it. */
  readonly showFault: (fault: DispatchFault) => object;
};

/** What concerns all broadcasts: what stops dispatch, and how many texts wait for a person to read them. */
export type CommonNews = {
  look(at: number): Promise<{
    /** Since it was last asked. */
    readonly changed: readonly LiveEvent[];
    /** What somebody is to know who has just come, and heard last at `heardAt`; null for one who has heard nothing yet. */
    readonly standingFor: (heardAt: number | null) => readonly LiveEvent[];
  }>;
  /** Nobody listens here for a while: what others are told meanwhile is not seen. */
  forget(): void;
};

type Known = {
  readonly fault: string;
  readonly waiting: number;
  /** Of the first look. */
  readonly watchedSince: number;
  /** Null where it is as it was then. */
  readonly faultSince: number | null;
  readonly waitingSince: number | null;
};

export function createCommonNews({ faults, inbound, showFault }: CommonNewsDeps): CommonNews {
  let known: Known | null = null;
  return {
    forget() {
      known = null;
    },

    async look(at) {
      const fault = await faults.current();
      const waiting = await inbound.countWaiting();
      const before = known;
      const name = `${fault?.code} ${fault?.since}`;
      const hasFaultChanged = before !== null && before.fault !== name;
      const hasWaitingChanged = before !== null && before.waiting !== waiting;
      const faultSince = hasFaultChanged ? at : (before?.faultSince ?? null);
      const waitingSince = hasWaitingChanged ? at : (before?.waitingSince ?? null);
      const watchedSince = before?.watchedSince ?? at;
      known = { fault: name, waiting, watchedSince, faultSince, waitingSince };
      const faultNow = commonEvent(at, 'fault', { fault: fault === null ? null : showFault(fault) });
      const review = commonEvent(at, 'review', { waiting });
      return {
        changed: [...(hasFaultChanged ? [faultNow] : []), ...(hasWaitingChanged ? [review] : [])],
        standingFor(heardAt) {
          // Whoever was away may have heard of what is over.
          const isNews = (since: number | null) =>
            heardAt !== null && (since === null ? watchedSince > heardAt : since >= heardAt);
          return [
            ...(fault !== null || isNews(faultSince) ? [faultNow] : []),
            ...(waiting > 0 || isNews(waitingSince) ? [review] : []),
          ];
        },
      };
    },
  };
}
