import type { Response } from 'express';
import type { Timers } from '../../domain/time/timers';
import type { LiveEvent } from '../../services/telling/liveEvents';

export type EventStream = {
  readonly tell: (event: LiveEvent) => void;
  readonly beat: () => void;
  readonly end: () => void;
};

/** Whoever takes nothing for so long is dropped, and comes back where they are still there. */
const PATIENCE_MS = 20_000;
/** How soon a browser comes back, in milliseconds. */
const COME_BACK_MS = 3000;

export const EVENT_STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  // Proxies that gather an answer before they pass it on would keep all of it.
  'X-Accel-Buffering': 'no',
} as const;

/**
 * An answer that goes on. While its reader is behind, only the latest of what each event tells is kept, so that little
 * lies about however long that takes; whoever is behind for too long is dropped.
 */
export function openEventStream(res: Response, timers: Pick<Timers, 'monotonicMs' | 'sleep'>): EventStream {
  const kept = new Map<string, Buffer>();
  let behindSince: number | null = null;
  let isEnding = false;

  function write(frame: Buffer | string): boolean {
    const isTaken = res.write(frame);
    if (!isTaken) behindSince ??= timers.monotonicMs();
    return isTaken;
  }

  function catchUp(): void {
    behindSince = null;
    for (const [name, frame] of kept) {
      kept.delete(name);
      if (!write(frame)) return;
    }
    if (isEnding && kept.size === 0) res.end();
  }

  function dropWhereTooSlow(): void {
    if (behindSince !== null && timers.monotonicMs() - behindSince > PATIENCE_MS) res.destroy();
  }

  /** Nobody looks at it any more then, and what the reader has not taken would be kept for as long as they like. */
  function giveUpInTime(): void {
    const closed = new AbortController();
    res.once('close', () => closed.abort());
    void timers.sleep(PATIENCE_MS, closed.signal).then(() => res.destroy());
  }

  res.on('drain', catchUp);
  // A reader whose line has broken makes the next write fail, and the connection closes.
  res.on('error', () => undefined);
  res.status(200).set(EVENT_STREAM_HEADERS);
  // The end of the connection ends the stream: in chunks, each event would be put together anew for each of thousands.
  res.removeHeader('Transfer-Encoding');
  write(`retry: ${COME_BACK_MS}\n\n`);
  return {
    tell({ name, frame }) {
      if (behindSince === null) {
        write(frame);
        return;
      }
      kept.delete(name);
      kept.set(name, frame);
      dropWhereTooSlow();
    },
    beat() {
      if (behindSince === null) write(': still here\n\n');
      else dropWhereTooSlow();
    },
    end() {
      isEnding = true;
      giveUpInTime();
      if (kept.size === 0) res.end();
    },
  };
}
