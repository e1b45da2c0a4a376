import type { Chance } from '../clockwork/chance';
import type { MessageState } from './message';

export type DeliveryStep = {
  /** Since Plivo took the message. */
  readonly afterMs: number;
  readonly state: MessageState;
  readonly sequence: number;
  readonly errorCode: string | null;
};

const ENDS: readonly [DeliveryEnd, ...DeliveryEnd[]] = [
  { state: 'undelivered', errorCode: '80' },
  { state: 'failed', errorCode: '30' },
  { state: 'failed', errorCode: '50' },
];
type DeliveryEnd = { readonly state: MessageState; readonly errorCode: string | null };

/** A message's way from Plivo's queue to its end. */
export function planDelivery(chance: Chance): DeliveryStep[] {
  const sentAfterMs = chance.anyMagnitude(20, 2000);
  const endAfterMs = sentAfterMs + chance.anyMagnitude(50, 5000);
  const end = chance.happens(0.85) ? ({ state: 'delivered', errorCode: null } as const) : chance.pick(ENDS);
  return [
    { afterMs: sentAfterMs, state: 'sent', sequence: 1, errorCode: null },
    { afterMs: endAfterMs, ...end, sequence: 2 },
  ];
}
