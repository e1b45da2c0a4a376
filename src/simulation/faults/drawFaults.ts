import type { Chance } from '../clockwork/chance';
import { drawLineFault, drawCallFault, drawOddity } from './drawPlivoFaults';
import { drawStory } from './drawStory';
import type { Fault, Moment } from './fault';
import type { WorldPlan } from './worldPlan';

/** What faults are drawn for. */
export type Drawing = Omit<WorldPlan, 'faults' | 'stretch'>;
export type DrawFault = (chance: Chance, world: Drawing) => Fault;
export type DrawStory = (chance: Chance, world: Drawing) => readonly Fault[];

const HOUR_MS = 3_600_000;
const MOST_STATEMENTS = 500;
/** Of what goes wrong, so much is known to be bad together, and rarely comes together by itself. */
const STORIES_SHARE = 0.2;

/** None at all, or up to eight things that go wrong together. */
export function drawFaults(chance: Chance, world: Drawing): Fault[] {
  const faults: Fault[] = [];
  const count = chance.pick([0, 1, 2, 2, 3, 3, 4, 5, 6, 8]);
  while (faults.length < count) {
    if (chance.happens(STORIES_SHARE)) faults.push(...drawStory(chance, world));
    else faults.push(chance.pick(KINDS)(chance, world));
  }
  return faults.filter(isFirstOfItsKind);
}

/** Oddities of a whole world are there or not. */
const ONCE: ReadonlySet<Fault['kind']> = new Set([
  'clock step',
  'other time-outs',
  'list lags',
  'list masks',
  'list has no total',
  'sender replaced',
  'invalid people',
  'reports',
]);

const isFirstOfItsKind = ({ kind }: Fault, place: number, all: readonly Fault[]) =>
  !ONCE.has(kind) || all.findIndex((other) => other.kind === kind) === place;

const aPerson = (chance: Chance, { people }: Drawing) => chance.between(0, people.length - 1);
const aBroadcast = (chance: Chance, { broadcasts }: Drawing) => chance.between(0, broadcasts.length - 1);

/** Nearly everything happens in the first minutes, and most of it within a second. */
export function drawMoment(chance: Chance): Moment {
  const kind = chance.pick(['time', 'statement', 'call']);
  if (kind === 'time') return { atMs: chance.anyMagnitude(100, HOUR_MS) };
  if (kind === 'statement') return { statement: chance.anyMagnitude(1, MOST_STATEMENTS) };
  return { call: chance.anyMagnitude(1, 12), afterMs: chance.pick([0, 1, 10, 100, 1000, 20_000, 65_000, 130_000]) };
}

const drawProcessFault: DrawFault = (chance, { owners }) => {
  const common = { owner: chance.between(0, owners - 1), when: drawMoment(chance) };
  const downMs = chance.anyMagnitude(100, 300_000);
  const kind = chance.pick(['crash', 'crash', 'restart', 'stop', 'stop']);
  if (kind === 'crash') return { kind, ...common, isHeard: chance.happens(0.5), downMs };
  if (kind === 'restart') return { kind, ...common, downMs };
  return { kind, ...common, forMs: chance.anyMagnitude(50, 900_000) };
};

const CLOCK_STEP_MS = { least: 100, most: 80 * 60_000 };

const drawClockStep: DrawFault = (chance) => ({
  kind: 'clock step',
  when: drawMoment(chance),
  byMs: chance.pick([-1, 1]) * chance.anyMagnitude(CLOCK_STEP_MS.least, CLOCK_STEP_MS.most),
});

const SQLITE_CODES = ['SQLITE_BUSY', 'SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_ERROR'] as const;
const POSTGRES_CODES = ['57P01', '08006', '40001', '53300', 'XX000'] as const;

const drawDatabaseFault: DrawFault = (chance, world) => {
  if (chance.happens(0.1)) return { kind: 'poisoned person', person: aPerson(chance, world) };
  return {
    kind: 'database trouble',
    when: drawMoment(chance),
    forMs: chance.anyMagnitude(5, 60_000),
    share: chance.pick([0.1, 0.5, 1]),
    code: world.owners === 1 ? chance.pick(SQLITE_CODES) : chance.pick(POSTGRES_CODES),
  };
};

const drawTimeouts: DrawFault = (chance) => ({
  kind: 'other time-outs',
  timeoutMs: Array.from({ length: chance.between(1, 2) }, () => chance.pick([5000, 10_000, 60_000, 300_000])),
});

const drawHandset: DrawFault = (chance, world) => ({
  kind: 'handset',
  person: aPerson(chance, world),
  says: chance.pick(['STOP', 'STOP', 'START']),
  when: drawMoment(chance),
  failedPosts: chance.pick([0, 0, 0, 1, 2]),
  isDoubled: chance.happens(0.2),
});

const drawControl: DrawFault = (chance, world) =>
  chance.happens(0.6)
    ? {
        kind: 'pause',
        broadcast: aBroadcast(chance, world),
        when: drawMoment(chance),
        forMs: chance.anyMagnitude(10, HOUR_MS),
      }
    : { kind: 'cancel', broadcast: aBroadcast(chance, world), when: drawMoment(chance) };

const KINDS: readonly [DrawFault, ...DrawFault[]] = [
  drawProcessFault,
  drawProcessFault,
  drawProcessFault,
  drawClockStep,
  drawDatabaseFault,
  drawTimeouts,
  drawHandset,
  drawHandset,
  drawControl,
  drawCallFault,
  drawCallFault,
  drawCallFault,
  drawLineFault,
  drawLineFault,
  drawOddity,
  drawOddity,
  drawOddity,
];
