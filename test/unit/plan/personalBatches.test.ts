import fc from 'fast-check';
import { PersonalTexts } from '../../../src/domain/lists/personalTexts';
import { BroadcastPlanner, type PlanRules } from '../../../src/domain/plan/broadcastPlan';
import { readMessage } from '../../../src/domain/text/messageText';

const ACME = { sender: 'ACME' };
const OTHER = { sender: '+14155550100' };

/** Each person, by the text they get and their sender. */
const person = fc.record({ text: fc.integer({ min: 0, max: 6 }), isAcme: fc.boolean(), isOut: fc.boolean() });

const planFor = (
  people: readonly { text: number; isAcme: boolean; isOut: boolean }[],
  size: number,
  canary: PlanRules['canary'] = null,
) => {
  const { personal } = readMessage('Code {{code}}', 'auto');
  const texts = new PersonalTexts(personal!, 1);
  const number = (index: number) => `+1415${5_550_000 + index}`;
  for (const { text } of people) texts.add(['x'.repeat(text * 60 + 1)]);
  const all = people.map((_, index) => number(index));
  const out = new Set(all.filter((_, index) => people[index]!.isOut));
  const planner = new BroadcastPlanner(all, {
    originOf: (one) => (people[Number(one.slice(5)) - 5_550_000]!.isAcme ? ACME : OTHER),
    countryOf: () => 'GB',
    quiet: null,
    local: null,
    canary,
    startsAt: 0,
    batchSizeWithin: () => size,
    segments: 1,
    texts,
  });
  planner.add(all, 0, out);
  const plan = planner.finish();
  return { plan, calls: plan.batches.slice(0, plan.batches.length), texts, all, out };
};

describe('Calls that carry one text each', () => {
  it('reach everybody with their own text and from their own sender, those who share one together', () => {
    fc.assert(
      fc.property(fc.array(person, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 5 }), (people, size) => {
        const { calls, texts, all, out } = planFor(people, size);
        const reached = calls.flatMap(({ recipients, own, origin }) =>
          recipients.slice(0, recipients.length).map((number) => [number, own?.text, origin] as const),
        );
        const expected = all.flatMap((number, place) =>
          out.has(number)
            ? []
            : [[number, texts.textAt(texts.textOf(place)), people[place]!.isAcme ? ACME : OTHER] as const],
        );
        expect([...reached].sort()).toEqual([...expected].sort());
        const shares = new Map<string, number>();
        for (const [, text, { sender }] of expected)
          shares.set(`${sender} ${text}`, (shares.get(`${sender} ${text}`) ?? 0) + 1);
        expect(calls).toHaveLength([...shares.values()].reduce((sum, count) => sum + Math.ceil(count / size), 0));
      }),
    );
  });

  it('go to a canary first, which is told just what it is told without', () => {
    fc.assert(
      fc.property(fc.array(person, { minLength: 1, maxLength: 40 }), fc.nat(20), (people, count) => {
        const canary = { recipients: count + 1, waitMs: 1000, random: () => 0.3 };
        const { plan, calls, all, out } = planFor(people, 3, canary);
        const facts = (from: typeof calls) =>
          from
            .flatMap(({ recipients, own }) => recipients.slice(0, recipients.length).map((to) => [to, own?.text]))
            .sort();
        expect(facts(calls)).toEqual(facts(planFor(people, 3).calls));
        const first = calls.slice(0, plan.canary?.batches);
        const picked = first.reduce((sum, { recipients }) => sum + recipients.length, 0);
        expect(picked).toBe(Math.min(count + 1, all.length - out.size));
        expect(plan.canary?.recipients).toBe(picked);
        for (let at = 0; at < calls.length; at++) expect(plan.batches.slice(at, at + 1)).toEqual([calls[at]]);
      }),
    );
  });

  it('are the same in slices as in one, and their loads add up to them', () => {
    fc.assert(
      fc.property(fc.array(person, { maxLength: 40 }), fc.integer({ min: 1, max: 7 }), (people, step) => {
        const { plan, calls } = planFor(people, 2);
        const sliced = [];
        for (let from = 0; from < plan.batches.length; from += step)
          sliced.push(...plan.batches.slice(from, from + step));
        expect(sliced).toEqual(calls);
        const sum = (of: 'people' | 'calls' | 'units') => plan.loads.reduce((all, load) => all + load[of], 0);
        expect(sum('calls')).toBe(calls.length);
        expect(sum('people')).toBe(calls.reduce((all, { recipients }) => all + recipients.length, 0));
        expect(sum('units')).toBe(plan.segments);
        expect(plan.segments).toBe(
          calls.reduce((all, { recipients, own }) => all + recipients.length * (own?.segments ?? 0), 0),
        );
      }),
    );
  });
});
