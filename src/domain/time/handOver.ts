import { nextClosing, nextHours, nextOpening, type QuietHours } from './quietHours';

/** Texts to people in the zones, on their way through Plivo's queue. Times in milliseconds. */
export type HandOver = {
  readonly hours: QuietHours;
  readonly zones: readonly string[];
  /** Since 1970, as is `heldUntil`: until when they were held back before. */
  readonly now: number;
  readonly heldUntil: number | null;
  /** How long Plivo is busy with what it has, and how long it will be with these; null where its rate is not known. */
  readonly queue: { readonly backlogMs: number; readonly loadMs: number } | null;
};

/** From the decision until Plivo has it: the wait for a slot, and the call. */
const ON_THE_WAY_MS = 10_000;

/**
 * `now`: they may, if Plivo's queue with them in it is no longer than the horizon. `later`: ask again then (since 1970).
 */
export type HandOverVerdict =
  { readonly kind: 'now'; readonly horizonMs: number } | { readonly kind: 'later'; readonly at: number };

/**
 * When the texts may be handed over, so that the last of them leaves before it is quiet again where they go.
 *
 * What takes more than half of the hours in which they may go is not held back for ever, should Plivo never be idle as
 * they begin: it goes in the hours for which it was held back, if its first text leaves in the first half of them.
 * `mostAtOnceMs` keeps batches smaller.
 */
export function handOver({ hours, zones, now, heldUntil, queue }: HandOver): HandOverVerdict {
  const opening = nextOpening(hours, zones, now);
  if (opening > now) return { kind: 'later', at: opening };
  if (queue === null) return { kind: 'now', horizonMs: Infinity };
  const closing = nextClosing(hours, zones, now);
  const horizonMs = closing - now - ON_THE_WAY_MS;
  if (queue.backlogMs + queue.loadMs <= horizonMs) return { kind: 'now', horizonMs };
  if (heldUntil !== null && heldUntil <= now && nextClosing(hours, zones, heldUntil) === closing) {
    const halfMs = (closing - heldUntil) / 2;
    const isTooLong = queue.loadMs > halfMs - ON_THE_WAY_MS;
    if (isTooLong && now + queue.backlogMs <= heldUntil + halfMs) return { kind: 'now', horizonMs: Infinity };
  }
  return { kind: 'later', at: nextOpening(hours, zones, closing) };
}

/** How long texts to these zones may take at most in one batch: half of the hours in which they may next go. */
export function mostAtOnceMs(hours: QuietHours, zones: readonly string[], at: number): number {
  const { from, to } = nextHours(hours, zones, at);
  return (to - from) / 2 - ON_THE_WAY_MS;
}
