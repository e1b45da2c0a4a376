import type { Timers } from '../../domain/time/timers';

export type UsedNonces = {
  /**
   * Whether none of the nonces came with another message before; they are this one's from now on. Plivo repeats a text with
   * its uuid, with the same nonce or another.
   */
  areFreeFor(nonces: readonly string[], messageUuid: string): boolean;
};

/** Plivo gives up after seven minutes. */
const REMEMBERED_MS = 15 * 60_000;
/** A few megabytes. Each was signed by Plivo, so nobody else can make one to have another forgotten. */
const MOST_REMEMBERED = 50_000;

/** V2 signs neither body nor time: who has seen its headers once could post whatever they like with them. */
export function createUsedNonces({ monotonicMs }: Pick<Timers, 'monotonicMs'>): UsedNonces {
  /** Oldest first. */
  const used = new Map<string, { readonly messageUuid: string; readonly at: number }>();

  function forgetOld(): void {
    for (const [nonce, { at }] of used) {
      if (used.size <= MOST_REMEMBERED && monotonicMs() - at <= REMEMBERED_MS) return;
      used.delete(nonce);
    }
  }

  return {
    areFreeFor(nonces, messageUuid) {
      forgetOld();
      if (nonces.some((nonce) => (used.get(nonce)?.messageUuid ?? messageUuid) !== messageUuid)) return false;
      for (const nonce of nonces) if (!used.has(nonce)) used.set(nonce, { messageUuid, at: monotonicMs() });
      return true;
    },
  };
}
