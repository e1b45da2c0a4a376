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
  /** `changed`: since it was last asked; `standing`: what somebody who has just come is to know. */
  look(at: number): Promise<{ readonly changed: readonly LiveEvent[]; readonly standing: readonly LiveEvent[] }>;
  clear(): void;
};

type Known = { readonly fault: string; readonly waiting: number };

export function createCommonNews({ faults, inbound, showFault }: CommonNewsDeps): CommonNews {
  let known: Known | null = null;
  return {
    async look(at) {
      const fault = await faults.current();
      const waiting = await inbound.countWaiting();
      const before = known;
      known = { fault: `${fault?.code} ${fault?.since}`, waiting };
      const faultNow = commonEvent(at, 'fault', { fault: fault === null ? null : showFault(fault) });
      const review = commonEvent(at, 'review', { waiting });
      return {
        changed: [
          ...(before !== null && before.fault !== known.fault ? [faultNow] : []),
          ...(before !== null && before.waiting !== waiting ? [review] : []),
        ],
        standing: [...(fault === null ? [] : [faultNow]), ...(waiting === 0 ? [] : [review])],
      };
    },
    clear() {
      known = null;
    },
  };
}
