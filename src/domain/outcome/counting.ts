import type { TimeSpan } from './reconciliation';

/**
 * Settling by counting. Plivo's list tells how many messages a span of time holds; how many of them belong to calls that
 * were answered is known. What is left over belongs to the calls whose answers were lost: nothing, and none of them was
 * taken; all of their people, and all were. One request so settles as many batches as lie in the span, where looking for
 * people takes several for each.
 */

/** A call to Plivo by our clock, and how many messages it made: known, known within bounds, or what is to be found out. */
export type CountedCall<Lost> = TimeSpan &
  (
    | { readonly kind: 'known'; readonly least: number; readonly most: number }
    | { readonly kind: 'lost'; readonly people: number; readonly lost: Lost }
  );

/** Calls that overlap in time, so that no span can hold one of them without the others. */
export type Cluster<Lost> = TimeSpan & {
  /** Messages of the calls whose outcome is known. */
  readonly least: number;
  readonly most: number;
  readonly lost: readonly Lost[];
  /** People of the lost calls. */
  readonly people: number;
};

/**
 * Gathers calls into clusters, in order of time. Between two of them lie at least `gapMs` without a call under way:
 * twice as much as the clocks may differ unknown to us.
 */
export function clustersOf<Lost>(calls: readonly CountedCall<Lost>[], gapMs: number): Cluster<Lost>[] {
  const clusters: Cluster<Lost>[] = [];
  for (const call of [...calls].sort((a, b) => a.from - b.from)) {
    const last = clusters.at(-1);
    const alone = clusterOf(call);
    if (last !== undefined && call.from - last.to < gapMs) clusters[clusters.length - 1] = together(last, alone);
    else clusters.push(alone);
  }
  return clusters;
}

function clusterOf<Lost>(call: CountedCall<Lost>): Cluster<Lost> {
  const { from, to } = call;
  return call.kind === 'known'
    ? { from, to, least: call.least, most: call.most, lost: [], people: 0 }
    : { from, to, least: 0, most: 0, lost: [call.lost], people: call.people };
}

/** Several clusters as one, whatever lies between them. */
export const together = <Lost>(one: Cluster<Lost>, other: Cluster<Lost>): Cluster<Lost> => ({
  from: Math.min(one.from, other.from),
  to: Math.max(one.to, other.to),
  least: one.least + other.least,
  most: one.most + other.most,
  lost: [...one.lost, ...other.lost],
  people: one.people + other.people,
});

/**
 * `none`, `all`: of the lost calls were taken. `some`: perhaps a part; a smaller span may tell. `untrusted`: the list
 * lacks messages that we know of, so what it lacks says nothing.
 */
export type CountVerdict = 'none' | 'all' | 'some' | 'untrusted';

/** What a span that holds so many messages says of the lost calls in it. */
export function judgeSpan(
  listed: number,
  { least, most, people }: Omit<Cluster<unknown>, 'from' | 'to' | 'lost'>,
): CountVerdict {
  if (listed < least) return 'untrusted';
  if (least !== most) return 'some';
  if (listed === least) return 'none';
  return listed === least + people ? 'all' : 'some';
}

/** Longest way from the first and last call to where the outermost span ends: a request may be taken after its time-out. */
const OUTER_MARGIN_MS = 30_000;

/** The span that holds the messages of the clusters from `first` to `last`, by our clock: it ends midway to the next ones. */
export function spanOf<Lost>(clusters: readonly Cluster<Lost>[], first: number, last: number): TimeSpan {
  const [begin, end] = [clusters[first], clusters[last]];
  if (begin === undefined || end === undefined) throw new Error('There is no such cluster.');
  const before = clusters[first - 1];
  const after = clusters[last + 1];
  return {
    from: Math.max(begin.from - OUTER_MARGIN_MS, before === undefined ? -Infinity : (before.to + begin.from) / 2),
    to: Math.min(end.to + OUTER_MARGIN_MS, after === undefined ? Infinity : (end.to + after.from) / 2),
  };
}

/**
 * The clusters from the first with a lost call to the last, and those near them, whose messages the outermost span would hold
 * without being known of. Null where no call was lost. The span of all these reaches as far beyond each lost call as a late
 * request may be taken: it ends midway to a cluster that is twice as far away.
 */
export function aroundLost<Lost>(clusters: readonly Cluster<Lost>[]): { first: number; last: number } | null {
  const hasLost = ({ lost }: Cluster<Lost>) => lost.length > 0;
  const [begin, end] = [clusters.find(hasLost), clusters.findLast(hasLost)];
  if (begin === undefined || end === undefined) return null;
  const near = 2 * OUTER_MARGIN_MS;
  return {
    first: clusters.findIndex(({ to }) => to > begin.from - near),
    last: clusters.findLastIndex(({ from }) => from < end.to + near),
  };
}

/** Where to cut clusters in two, so that both halves hold about as many lost calls. Null for fewer than two with any. */
export function halfway<Lost>(clusters: readonly Cluster<Lost>[], first: number, last: number): number | null {
  const counts = clusters.slice(first, last + 1).map(({ lost }) => lost.length);
  const all = counts.reduce((sum, count) => sum + count, 0);
  let before = 0;
  for (const [index, count] of counts.entries()) {
    if (index > 0 && before > 0 && before < all && before + count / 2 >= all / 2) return first + index;
    before += count;
  }
  return null;
}
