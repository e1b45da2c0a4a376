import { createReachOutlook } from '../../../src/services/accepting/previewing/reachOutlook';
import { numbers } from '../../support/client';

/** Every third person has the topic; keeps how many were asked about at a time. */
function outlookOver(people: readonly string[]) {
  const slices: number[] = [];
  const outlook = createReachOutlook({
    leftOut: {
      leftOutNow: (phones) => {
        slices.push(phones.length);
        const topic = phones.filter((phone) => people.indexOf(phone) % 3 === 0).length;
        return Promise.resolve({ duplicateText: 0, topic, cap: 1 });
      },
    },
    timers: { nextTurn: () => Promise.resolve() },
    config: { duplicateWindowMs: 0, textCaps: [] },
  });
  return { outlook, slices };
}

const request = { text: 'Doors open at 9.', mediaUrls: null, topic: 'opening' };
const batchesOf = (people: readonly string[], size: number) =>
  Array.from({ length: Math.ceil(people.length / size) }, (_, index) => ({
    recipients: people.slice(index * size, (index + 1) * size),
  }));

it('everybody is looked at where they are few, some hundreds at a time', async () => {
  const people = numbers(1201);
  const { outlook, slices } = outlookOver(people);
  expect(await outlook(request, batchesOf(people, 7))).toEqual({
    lookedAt: 1201,
    duplicateText: 0,
    topic: 401,
    cap: 3,
  });
  expect(slices).toEqual([500, 500, 201]);
});

it('of many people a part is looked at that is spread evenly over all batches', async () => {
  const people = numbers(20_001);
  const { outlook } = outlookOver(people);
  const { lookedAt, topic } = (await outlook(request, batchesOf(people, 1000)))!;
  expect(lookedAt).toBe(6667);
  // Every third person of those that have it: all of them, or none.
  expect(topic).toBe(6667);
});

it('nothing is looked at where no rule is in use', async () => {
  const { outlook, slices } = outlookOver(numbers(3));
  expect(await outlook({ ...request, topic: null }, batchesOf(numbers(3), 3))).toBeNull();
  expect(slices).toEqual([]);
});
