import type { AuditEntry, Broadcast } from '../../../api/types';
import { t } from '../../../texts';

/** Something that happened to a broadcast, worth a mark beside its course. */
export type Mark = { readonly at: number; readonly kind: MarkKind; readonly words: string };

export type MarkKind = keyof typeof t.course.mark;

/** What was seen and what was written down of the same are so close. */
const SAME_MS = 10_000;

const ACTIONS: Readonly<Record<string, MarkKind>> = {
  'broadcast.paused': 'paused',
  'broadcast.resumed': 'resumed',
  'broadcast.cancelled': 'cancelled',
  'broadcast.approved': 'approved',
  'broadcast.resent': 'resent',
};

/** What was written down of who did what. */
export const marksWritten = (entries: readonly AuditEntry[]): Mark[] =>
  entries.flatMap(({ at, action, who }) => {
    const kind = ACTIONS[action];
    return kind === undefined ? [] : [{ at: Date.parse(at), kind, words: t.course.markBy(kind, who) }];
  });

/** What a broadcast itself tells of when something happened. */
export function marksToldBy({ canary, errors, processedAt }: Broadcast, now: number): Mark[] {
  const faults = errors.flatMap(({ since, batch, message }) =>
    since === undefined || batch !== undefined
      ? []
      : [{ at: Date.parse(since), kind: 'fault' as const, words: message }],
  );
  const judgedAt = canary?.judgedAt ?? null;
  const judged =
    canary === null || judgedAt === null || Date.parse(judgedAt) > now
      ? []
      : [
          {
            at: Date.parse(judgedAt),
            kind: 'canary' as const,
            words: t.course.canary(t.one.canaryState[canary.state]),
          },
        ];
  const ended =
    processedAt === null ? [] : [{ at: Date.parse(processedAt), kind: 'ended' as const, words: t.course.mark.ended }];
  return [...faults, ...judged, ...ended];
}

/** What has happened between two looks. */
export function marksBetween(before: Broadcast, after: Broadcast, at: number): Mark[] {
  const kinds: MarkKind[] = [];
  if (before.status !== 'paused' && after.status === 'paused') kinds.push('paused');
  if (before.status === 'paused' && GOES_ON.has(after.status)) kinds.push('resumed');
  if (before.status !== 'cancelled' && after.status === 'cancelled') kinds.push('cancelled');
  if (before.status === 'awaiting_approval' && GOES_ON.has(after.status)) kinds.push('approved');
  if (hasFault(before) && !hasFault(after)) kinds.push('faultOver');
  return kinds.map((kind) => ({ at, kind, words: t.course.mark[kind] }));
}

const GOES_ON: ReadonlySet<Broadcast['status']> = new Set<Broadcast['status']>(['scheduled', 'queued', 'processing']);
const hasFault = ({ errors }: Broadcast): boolean =>
  errors.some(({ since, batch }) => since !== undefined && batch === undefined);

/** All of them in their order, each once: what says more of the same stands first in `marks`. */
export function inOrder(marks: readonly Mark[]): Mark[] {
  const kept: Mark[] = [];
  for (const mark of marks) {
    const isThere = kept.some(({ kind, at }) => kind === mark.kind && Math.abs(at - mark.at) < SAME_MS);
    if (!isThere) kept.push(mark);
  }
  return kept.sort((a, b) => a.at - b.at);
}
