import type { Simulator } from '../../../simulator/simulator';
import { textFor, type Plan } from './broadcasts';
import type { Caller } from './caller';

type HeldBatch = { readonly number: number; readonly status: string };
type Unknown = { readonly recipient: string; readonly batch: number | null };

/**
 * Settles what only a person can: two broadcasts to the same people, both without answer and without reports, leave it
 * open whose text Plivo took. The person looks up what was really texted. Returns how many batches were settled.
 */
export async function decideHeld(
  caller: Caller,
  simulator: Pick<Simulator, 'textsOf'>,
  id: string,
  plan: Plan,
): Promise<number> {
  const batches = await caller.call('GET', `/broadcast/${id}/batches?limit=1000`);
  const unknown = await caller.call('GET', `/broadcast/${id}/recipients?status=unknown&limit=1000`);
  let decided = 0;
  for (const { number, status } of (batches.body as { data: HeldBatch[] }).data) {
    const people = (unknown.body as { data: Unknown[] }).data.filter(({ batch }) => batch === number);
    if (status !== 'held' || people.length === 0) continue;
    const isSent = people.some(({ recipient }) =>
      simulator.textsOf(recipient).some(({ text }) => text === textFor(plan, recipient)),
    );
    await caller.call('POST', `/broadcast/${id}/batches/${number}/resolve`, { as: isSent ? 'sent' : 'resend' });
    decided++;
  }
  return decided;
}
