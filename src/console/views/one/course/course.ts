import type { Batch, Broadcast, PersonRow } from '../../../api/types';

/** How many there were of each at a moment of the service's clock, in milliseconds since 1970. */
export type Moment = {
  readonly at: number;
  readonly handed: number;
  readonly delivered: number;
  readonly failed: number;
};

export type Line = 'handed' | 'delivered' | 'failed';
export const LINES: readonly Line[] = ['handed', 'delivered', 'failed'];

/** More than a screen has room for would be drawn over each other. */
const MOST_MOMENTS = 400;

type Step = { readonly at: number; readonly line: Line; readonly people: number };

/** How a broadcast stands now. How many people its batches had is only known of them on the average. */
export function momentOf({ batches, delivery, recipients }: Broadcast, at: number): Moment {
  const { delivered, undelivered, failed, sent } = delivery;
  const isAll = batches.sent === batches.total;
  const leftOut = Math.max(0, delivery.optedOut - recipients.optedOut) + delivery.cancelled;
  const handed =
    batches.total === 0
      ? 0
      : Math.round((batches.sent / batches.total) * recipients.accepted) -
        (isAll ? Math.min(leftOut, recipients.accepted) : 0);
  return { at, handed: Math.max(handed, delivered + undelivered + sent), delivered, failed: undelivered + failed };
}

/** The way to where it stands, from what batches and people say of when they changed last. */
export function courseOf(batches: readonly Batch[], people: readonly PersonRow[], now: Moment): Moment[] {
  const steps: Step[] = [
    ...batches.flatMap(({ claimedAt, status, size }) =>
      claimedAt === null || status !== 'sent'
        ? []
        : [{ at: Date.parse(claimedAt), line: 'handed' as const, people: size }],
    ),
    ...people.map(({ status, updatedAt }) => ({
      at: Date.parse(updatedAt),
      line: status === 'delivered' ? ('delivered' as const) : ('failed' as const),
      people: 1,
    })),
  ].sort((a, b) => a.at - b.at);
  const [first] = steps;
  if (first === undefined) return [];
  let last: Moment = { at: first.at - 1, handed: 0, delivered: 0, failed: 0 };
  const moments = [last];
  for (const { at, line, people: count } of steps) {
    last = { ...last, at, [line]: Math.min(last[line] + count, Math.max(now[line], count)) };
    moments.push(last);
  }
  return thinned(moments);
}

/** Of what lies closer together than can be seen, the last; the first and the last stay. */
export function thinned(moments: readonly Moment[], most = MOST_MOMENTS): Moment[] {
  const [first] = moments;
  const last = moments.at(-1);
  if (first === undefined || last === undefined || moments.length <= most) return [...moments];
  const step = (last.at - first.at) / (most - 1);
  const slotOf = ({ at }: Moment) => Math.floor((at - first.at) / step);
  return moments.filter((moment, index) => {
    const next = moments[index + 1];
    return index === 0 || next === undefined || slotOf(next) > slotOf(moment);
  });
}

/** With one more, unless it says what the last said. */
export function extended(moments: readonly Moment[], now: Moment): readonly Moment[] {
  const last = moments.at(-1);
  if (last !== undefined && LINES.every((line) => last[line] === now[line])) return moments;
  return thinned([...moments, now], 2 * MOST_MOMENTS);
}
