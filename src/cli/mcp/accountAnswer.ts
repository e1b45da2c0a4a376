import { z } from 'zod';
import type { Account } from '../../client/index';
import { inGroups } from '../terminal/inGroups';
import type { Told } from './tool';

/** How the account stands. Not the inbound address: whoever knows it can post what people seem to write. */
export const ACCOUNT = z.object({
  balance: z.object({ amount: z.string().nullable(), currency: z.string() }),
  faults: z.array(z.object({ since: z.string(), message: z.string() })).describe('What keeps texts from going.'),
  broadcastsWaiting: z.number().int(),
  callsWaiting: z.number().int(),
  segmentsWaiting: z.number().int(),
  senders: z.array(z.string()),
});

export function accountAnswer({ balance, faults, queue, senders }: Account): Told<z.output<typeof ACCOUNT>> {
  const data = {
    balance: { amount: balance.amount, currency: balance.currency },
    faults: faults.map(({ since, message }) => ({ since, message })),
    broadcastsWaiting: queue.broadcasts,
    callsWaiting: queue.calls,
    segmentsWaiting: queue.segments,
    senders: senders.map(({ sender }) => sender),
  };
  const lines = [
    balance.amount === null ? 'The balance is not known.' : `Balance: ${balance.amount} ${balance.currency}`,
    `Waiting: ${inGroups(queue.broadcasts)} broadcasts, ${inGroups(queue.calls)} calls, ${inGroups(queue.segments)} segments`,
    ...(faults.length === 0 ? ['Nothing keeps texts from going.'] : []),
    ...faults.map(({ since, message }) => `Texts do not go, since ${since}: ${message}`),
  ];
  return { data, lines };
}
