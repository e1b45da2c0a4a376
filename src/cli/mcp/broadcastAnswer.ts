import { z } from 'zod';
import type { Broadcast } from '../../client/index';
import { inGroups } from '../terminal/inGroups';
import type { Told } from './tool';

const counts = z.record(z.string(), z.number().int());

/** How a broadcast stands. Not where its results are posted: such addresses may hold secrets. */
export const BROADCAST = z.object({
  id: z.string(),
  status: z.string(),
  name: z.string().nullable(),
  text: z.string().nullable(),
  createdAt: z.string(),
  createdBy: z.string().nullable(),
  sendAt: z.string().nullable(),
  people: counts.describe('As accepted: submitted, accepted, duplicates, invalid, optedOut.'),
  delivery: counts.describe('What became of people so far, by state.'),
  batches: counts.describe('Calls to Plivo, by state.'),
  estimatedCost: z.object({ amount: z.string(), currency: z.string() }).nullable(),
  errors: z.array(z.string()).describe('What is in the way.'),
});

export type BroadcastData = z.output<typeof BROADCAST>;

export function broadcastData(broadcast: Broadcast): BroadcastData {
  const { id, status, name, text, createdAt, createdBy, sendAt, recipients, delivery, batches } = broadcast;
  const { estimated } = broadcast.cost;
  return {
    ...{ id, status, name, text, createdAt, createdBy, sendAt },
    people: { ...recipients },
    delivery: { ...delivery },
    batches: { ...batches },
    estimatedCost: estimated === null ? null : { amount: estimated.amount, currency: estimated.currency },
    errors: broadcast.errors.map(({ message }) => message),
  };
}

export const broadcastAnswer = (broadcast: Broadcast): Told<BroadcastData> => ({
  data: broadcastData(broadcast),
  lines: broadcastLines(broadcast),
});

function broadcastLines({ id, status, name, text, sendAt, delivery, batches, message, errors }: Broadcast): string[] {
  const states = Object.entries(delivery).filter(([, count]) => count > 0);
  return [
    message,
    `Broadcast ${id}${name === null ? '' : ` (${name})`}: ${status}`,
    `Text: ${text ?? 'masked, as it is old'}`,
    ...(sendAt === null ? [] : [`It goes at ${sendAt}.`]),
    `People: ${states.map(([state, count]) => `${inGroups(count)} ${state}`).join(', ') || 'none'}`,
    `Calls to Plivo: ${inGroups(batches.sent)} of ${inGroups(batches.total)} done`,
    ...(status === 'awaiting_approval' ? ['Nobody is texted until somebody with another key approves it.'] : []),
    ...errors.map((error) => `In the way: ${error.message}`),
  ];
}
