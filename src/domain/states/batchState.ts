import type { StateTable } from './stateTable';

export const BATCH_STATUSES = ['pending', 'sending', 'sent', 'unconfirmed', 'held', 'failed', 'cancelled'] as const;
export type BatchStatus = (typeof BATCH_STATUSES)[number];

/**
 * What can happen to a batch:
 * - `claim`: a dispatcher takes it and is about to call Plivo
 * - `accept`: Plivo answered that it took it
 * - `prove`: a signed delivery report, or Plivo's message list, shows that Plivo took it
 * - `refuseForNow`: Plivo did not take it and may later, or the account cannot send at present
 * - `refuseForGood`: Plivo did not take it and never will, or the tries are used up
 * - `lose`: nobody knows whether Plivo took it
 * - `disprove`: Plivo was asked and does not know it, or a person says "resend"
 * - `resend`: a person has what failed sent again
 * - `giveUp`: it would be sent again, but its tries are used up
 * - `hold`: neither can be found out; a person decides
 * - `cancel`: a person stops it before it went
 */
export type BatchEvent =
  | 'claim'
  | 'accept'
  | 'prove'
  | 'refuseForNow'
  | 'refuseForGood'
  | 'lose'
  | 'disprove'
  | 'resend'
  | 'giveUp'
  | 'hold'
  | 'cancel';

/**
 * The life of a batch. An unknown outcome never leads back to `pending` except through `disprove`. `prove` applies to
 * every state in which a call may have been made: what Plivo has taken is sent, whatever we believed before.
 */
export const BATCH_STATES: StateTable<BatchStatus, BatchEvent> = {
  pending: { claim: 'sending', accept: 'sent', prove: 'sent', giveUp: 'failed', cancel: 'cancelled' },
  sending: {
    accept: 'sent',
    prove: 'sent',
    refuseForNow: 'pending',
    refuseForGood: 'failed',
    lose: 'unconfirmed',
  },
  // An answer that comes after its lease ran out is still an answer.
  unconfirmed: {
    accept: 'sent',
    prove: 'sent',
    refuseForNow: 'pending',
    refuseForGood: 'failed',
    disprove: 'pending',
    hold: 'held',
  },
  held: { accept: 'sent', prove: 'sent', disprove: 'pending' },
  sent: {},
  failed: { prove: 'sent', resend: 'pending' },
  cancelled: { prove: 'sent' },
};

/** States in which a batch waits for something; a broadcast with none of them is over. */
export const OPEN_BATCH_STATUSES: readonly BatchStatus[] = ['pending', 'sending', 'unconfirmed', 'held'];
