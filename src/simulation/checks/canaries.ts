import type { CanaryStatus } from '../../domain/states/canaryState';
import { isOnlyOne, type PlannedBroadcast } from '../faults/worldPlan';
import type { Ground } from '../ground/ground';
import type { Findings, PersonRow } from './findings';
import { createMistakable, type Mistakable } from './mistakable';
import type { Wrong } from './verdict';

/** From a claim, of which the time of a canary is reckoned, to its call. */
const CLAIM_TO_CALL_MS = 5010;

type Row = { id: string; state: CanaryStatus | null; batches: number | null; until: number | null };

/** A canary as the world saw it. Times are virtual milliseconds. */
type Sight = {
  readonly row: Row;
  readonly planned: PlannedBroadcast & { readonly canary: NonNullable<PlannedBroadcast['canary']> };
  /** Its people who were not left out when their batch went. */
  readonly people: readonly PersonRow[];
  /** When its time was up; Infinity where it never was. */
  readonly until: number;
  /** The first call for somebody else; Infinity where there is none. */
  readonly restAt: number;
};

/** Nobody but a canary is texted until it is well or a person says so; and nothing is paused for one that is well. */
export function canaries(ground: Ground, findings: Findings): Wrong[] {
  return ground.plan.broadcasts.flatMap((planned) => {
    const { canary } = planned;
    if (canary === null || !isOnlyOne(ground.plan, planned)) return [];
    const rows = ground.shared.run(ROWS, [planned.text]).rows as Row[];
    const [row] = rows;
    // Of a request that was made again with the key of one that failed, nobody can tell whose text it was.
    if (row === undefined || rows.length > 1) return [];
    const sight = sightOf(ground, findings, row, { ...planned, canary });
    const said = (rule: string, whats: readonly string[]) =>
      whats.map((what): Wrong => ({ rule, what: `${planned.text}: ${what}` }));
    return [
      ...said('the rest waits for its canary', tooEarly(ground, sight, createMistakable(ground, findings))),
      ...said('a canary is stopped for a reason', groundless(ground, findings, sight)),
    ];
  });
}

const ROWS = `
  select id, canary_state as state, canary_batches as batches, canary_until as until from broadcasts
  where message_text = ? and hidden is null`;

const LEFT_OUT: ReadonlySet<string | null> = new Set(['duplicate_text', 'topic', 'cap']);
const isLeftOut = ({ status, errorCode }: PersonRow) =>
  status === 'optedOut' || (status === 'cancelled' && LEFT_OUT.has(errorCode));

function sightOf({ record, clock, timeline }: Ground, { rows }: Findings, row: Row, planned: Sight['planned']): Sight {
  const own = rows.filter(({ batch }) => batch.broadcast.id === row.id && batch.number <= (row.batches ?? 0));
  const isFirst = new Set(own.map(({ person }) => person));
  const rest = record.calls.find(({ text, to }) => text === planned.text && to.some((one) => !isFirst.has(one)));
  return {
    row,
    planned,
    people: own.filter((person) => !isLeftOut(person)),
    until: row.until === null ? Infinity : row.until - (clock.now() - timeline.now()),
    restAt: rest?.at ?? Infinity,
  };
}

function tooEarly(ground: Ground, sight: Sight, mistakable: Mistakable): string[] {
  const { row, restAt } = sight;
  if (row.state === null) return ['it has no canary'];
  if (restAt === Infinity || row.state === 'unneeded') return [];
  if (row.state === 'passed') return passedTooEarly(ground, sight, mistakable);
  if (row.state !== 'released') return [`somebody else was texted, and it is ${row.state}`];
  const isResumed = ground.record.resumes.some(({ id, at }) => id === row.id && at <= restAt);
  return isResumed ? [] : ['somebody else was texted before anybody resumed it'];
}

function passedTooEarly(ground: Ground, sight: Sight, mistakable: Mistakable): string[] {
  const { planned, until, restAt, people } = sight;
  const { waitSeconds, maxFailureRate } = planned.canary;
  const last = Math.max(
    ...ground.record.calls.filter(({ text, at }) => text === planned.text && at <= until).map(({ at }) => at),
  );
  if (restAt < until - 1) return ['somebody else was texted before its time was up'];
  if (until < last + waitSeconds * 1000 - CLAIM_TO_CALL_MS) return ['its time was up too early'];
  // Whatever the service may have known, and what it has known for sure.
  const reported = people.filter(
    (one) => isReportedBy(ground, planned.text, one, restAt) || mistakable.person(one.person, one.batch),
  ).length;
  const failed = people.filter((person) => isHeardToHaveFailed(ground, planned.text, person, until)).length;
  if (reported * 2 < people.length) return [`it passed with ${reported} of ${people.length} reported on`];
  if (failed / reported > maxFailureRate) return [`it passed with ${failed} of ${reported} failed`];
  return [];
}

function groundless(ground: Ground, findings: Findings, { row, planned, people, until }: Sight): string[] {
  if (row.state !== 'stopped' && row.state !== 'released') return [];
  const isHeard = ({ person }: PersonRow) =>
    findings.textsTo(planned.text, person).some(({ uuid }) => {
      const heard = ground.record.heard.get(uuid);
      return heard !== undefined && ENDS.has(heard.state) && heard.at < until;
    });
  const reported = people.filter(isHeard).length;
  const failed = people.filter(
    (one) => hasFailedHere(one) || findings.textsTo(planned.text, one.person).some(({ state }) => FAILED.has(state)),
  ).length;
  if (people.length === 0 || reported * 2 < people.length) return [];
  return failed / reported > planned.canary.maxFailureRate
    ? []
    : [`at most ${failed} had failed of ${reported} or more, of ${people.length}`];
}

const FAILED: ReadonlySet<string> = new Set(['undelivered', 'failed']);
const ENDS: ReadonlySet<string> = new Set([...FAILED, 'delivered']);
const hasFailedHere = ({ status }: PersonRow) => status === 'failed' || status === 'invalid';

function isReportedBy({ account }: Ground, ofText: string, row: PersonRow, by: number): boolean {
  const isEnded = account.messages.some(
    ({ text, to, endedAt }) => text === ofText && to === row.person && endedAt !== null && endedAt <= by,
  );
  return isEnded || hasFailedHere(row);
}

function isHeardToHaveFailed({ account, record }: Ground, ofText: string, { person }: PersonRow, by: number): boolean {
  return account.messages.some(({ text, to, uuid }) => {
    const heard = text === ofText && to === person ? record.heard.get(uuid) : undefined;
    return heard !== undefined && FAILED.has(heard.state) && heard.at < by;
  });
}
