import { Selection, type Numbers } from '../numbers/numberList';
import type { GroupRules } from './broadcastPlan';

/** How many go first, and how long the others wait for what becomes of them. */
export type CanaryRule = {
  readonly recipients: number;
  readonly waitMs: number;
  /** 0 <= value < 1 */
  readonly random: () => number;
};

type Group = GroupRules & { readonly recipients: Selection };

export type Parted<G extends Group> = {
  readonly canary: readonly G[];
  readonly rest: readonly G[];
};

/**
 * Parts groups, in the order in which they may go, into so many people who go first and the rest. By chance of those who
 * may go first of all; where they are too few, all of them and some of those who may go next: to pick of all alike
 * would have everybody wait for those whose morning comes last.
 */
export function partCanary<G extends Group>(
  groups: readonly G[],
  all: Numbers,
  { recipients, random }: Pick<CanaryRule, 'recipients' | 'random'>,
): Parted<G> {
  const canary: G[] = [];
  const rest: G[] = [];
  for (const together of byTime(groups)) {
    const left = recipients - peopleOf(canary);
    const people = peopleOf(together);
    if (left >= people) canary.push(...together);
    else if (left === 0) rest.push(...together);
    else {
      const isPicked = pickedPlaces(people, left, random);
      let from = 0;
      for (const group of together) {
        const [first, others] = parted(group.recipients, all, isPicked, from);
        if (first.length > 0) canary.push({ ...group, recipients: first });
        if (others.length > 0) rest.push({ ...group, recipients: others });
        from += group.recipients.length;
      }
    }
  }
  return { canary, rest };
}

const peopleOf = (groups: readonly Group[]): number =>
  groups.reduce((all, { recipients }) => all + recipients.length, 0);

function byTime<G extends Group>(groups: readonly G[]): G[][] {
  const times: G[][] = [];
  for (const group of groups) {
    const last = times.at(-1);
    if (last?.[0]?.notBefore === group.notBefore) last.push(group);
    else times.push([group]);
  }
  return times;
}

/** So many different places, each as likely as any other, by as many draws (Floyd). */
function pickedPlaces(places: number, count: number, random: () => number): Uint8Array {
  const isPicked = new Uint8Array(places);
  for (let most = places - count; most < places; most++) {
    const place = Math.floor(random() * (most + 1));
    isPicked[isPicked[place] === 1 ? most : place] = 1;
  }
  return isPicked;
}

function parted(
  people: Selection,
  all: Numbers,
  isPicked: Uint8Array,
  from: number,
): [first: Selection, others: Selection] {
  const [first, others] = [new Selection(all), new Selection(all)];
  for (let at = 0; at < people.length; at++) (isPicked[from + at] === 1 ? first : others).add(people.placeAt(at));
  return [first, others];
}
