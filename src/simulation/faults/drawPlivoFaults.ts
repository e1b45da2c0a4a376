import type { Chance } from '../clockwork/chance';
import type { Loss, Refusal } from '../plivo/answers';
import type { DrawFault } from './drawFaults';
import type { Fault } from './fault';

const HOUR_MS = 3_600_000;
export const LOSSES: readonly [Loss, ...Loss[]] = [
  'reset',
  'aborted',
  'silence',
  '500',
  '502',
  '504',
  'gateway 503',
  'unreadable',
];
const REFUSALS: readonly [Refusal, ...Refusal[]] = [
  'refused',
  'dns',
  'tls',
  'unreachable',
  '429',
  '503',
  '401',
  '402',
  '403',
];
const LINE_REFUSALS = ['refused', 'dns', '429', '503'] as const;

/**
 * A request that has timed out may still be taken, and a record may show late; but both together end before a second look
 * at the list, or nobody could ever know that something was not taken.
 */
export const LATEST_MS = 10_000;
const LONGEST_LAG_MS = 15_000;

const aCall = (chance: Chance) => chance.anyMagnitude(1, 12);

export const drawCallFault: DrawFault = (chance, { settings }) => {
  const call = aCall(chance);
  const loss = chance.pick(LOSSES);
  const kind = chance.pick([
    'lost request',
    'lost answer',
    'lost answer',
    'partial acceptance',
    'late acceptance',
    'other software',
  ]);
  switch (kind) {
    case 'partial acceptance':
      return { kind, call, loss, share: chance.pick([0.1, 0.5, 0.9]) };
    case 'late acceptance':
      return { kind, call, pastTimeoutMs: chance.between(-settings.timeoutMs + 500, LATEST_MS) };
    case 'other software':
      return {
        kind,
        call,
        afterMs: chance.pick([0, 100, 1000, 5000, 60_000]),
        to: chance.happens(0.7) ? 'one of the people' : 'a stranger',
        sameSender: chance.happens(0.7),
        texts: chance.pick([1, 1, 2, 25]),
      };
    default:
      return { kind, call, loss };
  }
};

export const drawLineFault: DrawFault = (chance) => {
  const of = chance.pick(['send', 'send', 'list']);
  const answers = chance.pick(['one refusal', 'of the line', 'all refusals', 'losses', 'all']);
  const refusals: readonly Refusal[] = {
    'one refusal': [chance.pick(REFUSALS)],
    'of the line': LINE_REFUSALS,
    'all refusals': REFUSALS,
    losses: [],
    all: REFUSALS,
  }[answers];
  const isForEver = of === 'list' && chance.happens(0.3);
  return {
    kind: 'outage',
    of,
    when: chance.happens(0.5) ? { atMs: 0 } : { call: aCall(chance), afterMs: chance.pick([0, 10, 1000]) },
    forMs: isForEver ? null : chance.anyMagnitude(1000, HOUR_MS),
    refusals,
    losses: answers === 'losses' || answers === 'all' ? ['reset', 'silence', '502'] : [],
  };
};

export const drawOddity: DrawFault = (chance, world): Fault => {
  const kind = chance.pick([
    'barred person',
    'invalid people',
    'invalid people',
    'list lags',
    'list masks',
    'list has no total',
    'sender replaced',
    'sender replaced',
    'reports',
    'reports',
  ]);
  const somebody = () => chance.between(0, world.people.length - 1);
  switch (kind) {
    case 'barred person':
      return { kind, person: somebody(), status: chance.pick([400, 403]) };
    case 'invalid people':
      return { kind, people: manyOf(chance, world.people.length), as: chance.pick(['text', 'number']) };
    case 'list lags':
      return { kind, ms: chance.anyMagnitude(100, LONGEST_LAG_MS), share: chance.pick([0.3, 1]) };
    case 'sender replaced':
      return { kind, share: chance.pick([0.3, 1, 1]) };
    case 'reports':
      return {
        kind,
        lost: chance.pick([0, 0.1, 1]),
        late: chance.pick([0, 0.2]),
        doubled: chance.pick([0, 0.2]),
        reordered: chance.pick([0, 0.3]),
      };
    default:
      return { kind };
  }
};

const manyOf = (chance: Chance, people: number): number[] => {
  const share = chance.pick([0.1, 0.5, 0.9]);
  return Array.from({ length: people }, (_, person) => person).filter(() => chance.happens(share));
};
