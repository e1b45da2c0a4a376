import type { Chance } from '../clockwork/chance';
import type { DrawStory } from './drawFaults';
import { LATEST_MS, LOSSES } from './drawPlivoFaults';
import type { Fault } from './fault';

/** Several faults that belong together. */
export const drawStory: DrawStory = (chance, world) => chance.pick(STORIES)(chance, world);

const aCall = (chance: Chance) => chance.anyMagnitude(1, 8);
const allPeople = (count: number) => Array.from({ length: count }, (_, person) => person);

/** A START that nobody can keep at first, and a STOP that comes before it is posted again. */
const overtakenStart: DrawStory = (chance, { people }) => {
  const handset = { kind: 'handset', person: chance.between(0, people.length - 1), isDoubled: false } as const;
  const saidAtMs = chance.between(500, 60_000);
  const trouble = { share: 1, code: 'SQLITE_FULL', forMs: chance.between(500, 8000) } as const;
  return [
    { kind: 'database trouble', when: { atMs: saidAtMs - chance.between(0, 400) }, ...trouble },
    { ...handset, says: 'START', when: { atMs: saidAtMs }, failedPosts: 0 },
    { ...handset, says: 'STOP', when: { atMs: saidAtMs + chance.between(9000, 50_000) }, failedPosts: 0 },
  ];
};

/** A call that takes minutes, as its owner lets it, beside owners that would have given it up long ago. */
const patientOwner: DrawStory = (chance) => {
  const patienceMs = 300_000;
  const slow = (call: number): Fault => ({
    kind: 'late acceptance',
    call,
    pastTimeoutMs: chance.between(-patienceMs / 2, LATEST_MS),
  });
  return [{ kind: 'other time-outs', timeoutMs: [patienceMs, 5000] }, ...[1, 2, 3, 4].map(slow)];
};

/** Plivo has nothing of a call, and other software texts one of its people. */
const lookalike: DrawStory = (chance) => {
  const call = aCall(chance);
  return [
    { kind: 'lost request', call, loss: chance.pick(LOSSES) },
    {
      kind: 'other software',
      call,
      afterMs: chance.pick([0, 100, 1000, 4000]),
      to: 'one of the people',
      sameSender: true,
      texts: chance.pick([1, 2]),
    },
  ];
};

const replacedSender: DrawStory = (chance) => [
  { kind: 'lost answer', call: aCall(chance), loss: chance.pick(LOSSES) },
  { kind: 'sender replaced', share: 1 },
];

/** A lost answer to a call most of whose people cannot be texted at all. */
const mostlyInvalid: DrawStory = (chance, { people }) => [
  { kind: 'lost answer', call: aCall(chance), loss: chance.pick(LOSSES) },
  {
    kind: 'invalid people',
    people: allPeople(people.length).filter(() => chance.happens(0.8)),
    as: 'text',
  },
];

/** Reports that do not come, and other software's texts to the same people. */
const missingReports: DrawStory = (chance, { people }) => [
  { kind: 'reports', lost: 1, late: 0, doubled: 0, reordered: 0 },
  { kind: 'invalid people', people: allPeople(people.length).filter(() => chance.happens(0.3)), as: 'number' },
  ...[1, 2, 3].map((call): Fault => ({
    kind: 'other software',
    call,
    afterMs: chance.between(0, 60_000),
    to: 'one of the people',
    sameSender: chance.happens(0.5),
    texts: 2,
  })),
];

/** A process that stands still beyond the end of its lease, in the middle of a call. */
const sleeper: DrawStory = (chance, { owners }) => [
  {
    kind: 'stop',
    owner: chance.between(0, owners - 1),
    when: { call: aCall(chance), afterMs: chance.pick([0, 1, 10, 200]) },
    forMs: chance.between(30_000, 400_000),
  },
];

/** Every call is lost for a while, half of them after Plivo has taken them. */
const storm: DrawStory = (chance) => [
  {
    kind: 'outage',
    of: 'send',
    when: { atMs: 0 },
    forMs: chance.anyMagnitude(60_000, 1_200_000),
    refusals: [],
    losses: ['reset'],
  },
];

const STORIES: readonly [DrawStory, ...DrawStory[]] = [
  overtakenStart,
  patientOwner,
  lookalike,
  replacedSender,
  mostlyInvalid,
  missingReports,
  sleeper,
  storm,
];
