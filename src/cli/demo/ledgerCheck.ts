import type { Simulator } from '../../simulator/simulator';
import { knownCount, settledCount, type BroadcastStatus } from '../calls/broadcastStatus';
import { inGroups } from '../terminal/inGroups';
import type { DemoRecipients } from './recipients';

/** What the service says of one person. */
export type RecipientLine = { readonly recipient: string; readonly status: string };

/**
 * Holds what the service says against what the simulated Plivo really took: one text for everybody, none for invalid
 * numbers, the same end for each person on both sides. Returns what does not fit; nothing when all is well.
 */
export function ledgerFaults(
  simulator: Pick<Simulator, 'texts' | 'textsOf'>,
  { distinct, invalidAtPlivo }: DemoRecipients,
  broadcast: BroadcastStatus,
  lines: readonly RecipientLine[],
): string[] {
  const faults: string[] = [];
  const expect = (holds: boolean, fault: string) => {
    if (!holds) faults.push(fault);
  };
  const invalid = new Set(invalidAtPlivo);
  const texts = simulator.texts();
  const textsFor = (number: string) => texts.get(number.slice(1)) ?? 0;
  const saysOf = new Map(lines.map(({ recipient, status }) => [recipient, status]));

  const valid = distinct.filter((number) => !invalid.has(number));
  const twice = valid.filter((number) => textsFor(number) > 1).length;
  const never = valid.filter((number) => textsFor(number) === 0).length;
  const differing = valid.filter((number) => simulator.textsOf(number)[0]?.state !== saysOf.get(number)).length;
  const total = [...texts.values()].reduce((sum, count) => sum + count, 0);

  expect(broadcast.status === 'completed', `the broadcast ended as "${broadcast.status}"`);
  expect(twice === 0, `${inGroups(twice)} people got more than one text`);
  expect(never === 0, `${inGroups(never)} people got no text`);
  expect(total === valid.length, `Plivo took ${inGroups(total)} texts for ${inGroups(valid.length)} people`);
  expect(differing === 0, `of ${inGroups(differing)} people the service says something else than Plivo`);
  expect(
    settledCount(broadcast) === distinct.length && knownCount(broadcast) === distinct.length,
    `${inGroups(settledCount(broadcast))} of ${inGroups(distinct.length)} people are accounted for`,
  );
  expect(broadcast.delivery.invalid === invalid.size, 'not all numbers that Plivo refused are marked invalid');
  return faults;
}
