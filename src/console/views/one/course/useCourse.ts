import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { serverNow } from '../../../api/serverClock';
import { whenSignedOut } from '../../../api/session';
import type { Broadcast } from '../../../api/types';
import { paceOf } from '../pace';
import { extended, momentOf, type Moment } from './course';
import { loadCourse, type Loaded } from './loadCourse';
import { inOrder, marksBetween, marksToldBy, type Mark } from './marks';

/** What was seen of a broadcast while it was open; it is still known after a look at something else. */
type Seen = { readonly last: Broadcast; readonly moments: readonly Moment[]; readonly marks: readonly Mark[] };

const seen = new Map<string, Seen>();
whenSignedOut(() => seen.clear());

export type Course = {
  /** Null until it is known what there is to know. */
  readonly moments: readonly Moment[] | null;
  readonly marks: readonly Mark[];
  /** Whether it is known from its beginning. */
  readonly isWhole: boolean;
};

/** How a broadcast went: what its batches and people tell of before, and what is seen from now on. */
export function useCourse(broadcast: Broadcast): Course {
  const { id } = broadcast;
  const loaded = useSignal<(Loaded & { readonly at: number }) | null>(null);
  useEffect(() => {
    const left = new AbortController();
    loaded.value = null;
    const at = serverNow();
    loadCourse(broadcast, momentOf(broadcast, at), left.signal)
      .catch(() => ({ moments: null, marks: [] }))
      .then((found) => {
        if (!left.signal.aborted) loaded.value = { ...found, at: serverNow() };
      })
      .catch(() => undefined);
    return () => left.abort();
  }, [id]);
  const now = serverNow();
  const { moments, marks } = noted(broadcast, now);
  const before = loaded.value;
  const allMarks = inOrder([...(before?.marks ?? []), ...marksToldBy(broadcast, now), ...marks]);
  if (before === null) return { moments: null, marks: allMarks, isWhole: false };
  const known = before.moments ?? [];
  const all = known.length === 0 ? [...moments] : [...known, ...moments.filter(({ at }) => at > before.at)];
  const last = moments.at(-1);
  if (last !== undefined && all.length > 0) all.push({ ...last, at: endOf(broadcast, all, now) });
  return { moments: all, marks: allMarks, isWhole: before.moments !== null };
}

function noted(broadcast: Broadcast, now: number): Seen {
  const before = seen.get(broadcast.id);
  if (before?.last === broadcast) return before;
  const after: Seen = {
    last: broadcast,
    moments: extended(before?.moments ?? [], momentOf(broadcast, now)),
    marks: [...(before?.marks ?? []), ...(before === undefined ? [] : marksBetween(before.last, broadcast, now))],
  };
  seen.set(broadcast.id, after);
  return after;
}

const LIVELY_MS = 2000;

/** Where the lines end: now, as long as they are likely to move. */
function endOf(broadcast: Broadcast, moments: readonly Moment[], now: number): number {
  const lastAt = moments.at(-1)?.at ?? now;
  return paceOf(broadcast) > LIVELY_MS ? lastAt + 1 : Math.max(now, lastAt + 1);
}
