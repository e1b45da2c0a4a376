import type { Passed } from './candidate';
import type { Line } from './lines';

/** A walk past all whose queues are full, to somebody whose queue has room. */
export type Round = {
  readonly passed: Passed;
  /** When the first of their queues has room. */
  readonly waitMs: number;
};

/**
 * So many broadcasts and senders without room are passed over in one claim, which others wait for; the next one goes on from
 * there, so that however many are full, nobody behind them starves.
 */
export const MOST_PASSED_AT_ONCE = 10;

const BEGINNING: Round = { passed: { broadcasts: [], senders: [], shares: [] }, waitMs: Infinity };

type Turn = { readonly broadcastKey: number; readonly sender: string; readonly isPatient: boolean };

/** Who waits for their own sender's queue is in nobody's way but that sender's. */
export function passOver(
  { passed, waitMs }: Round,
  { broadcastKey, sender, isPatient }: Turn,
  { full, waitMs: longer }: { readonly full: Line['of']; readonly waitMs: number },
): Round {
  const { broadcasts, senders, shares } = passed;
  return {
    waitMs: Math.min(waitMs, longer),
    passed: {
      broadcasts: full === 'account' && isPatient ? [...broadcasts, broadcastKey] : broadcasts,
      senders: full === 'sender' && !isPatient ? [...senders, sender] : senders,
      shares: full === 'sender' && isPatient ? [...shares, { broadcastKey, sender }] : shares,
    },
  };
}

/** What a round has found that has come past all. */
export const pacedBy = ({ waitMs }: Round): { readonly kind: 'paced'; readonly waitMs: number } | null =>
  waitMs === Infinity ? null : { kind: 'paced', waitMs };

/** Which batches a claim looks for. */
type Which = { readonly onlyAwaited: boolean; readonly isProbe: boolean };

export type Rounds = {
  /** Where the last claim has left off, if it looked for the same; from then on the next begins anew. */
  take(which: Which): Round;
  keep(which: Which, round: Round): void;
};

/** The round that a claim has not brought to its end. */
export function createRounds(): Rounds {
  let left: (Which & { readonly round: Round }) | null = null;
  return {
    take({ onlyAwaited, isProbe }) {
      const round = left?.onlyAwaited === onlyAwaited && left.isProbe === isProbe ? left.round : BEGINNING;
      left = null;
      return round;
    },
    keep({ onlyAwaited, isProbe }, round) {
      left = { onlyAwaited, isProbe, round };
    },
  };
}
