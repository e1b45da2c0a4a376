import { connect } from 'node:net';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { answersIn, type Answer } from './judging/answers';
import type { Input } from './making/input';

/** What became of one input. */
export type Outcome = {
  readonly answers: readonly Answer[];
  /** How the connection ended: by the service, by us once nothing more was to come, or by us after waiting too long. */
  readonly ended: 'by the service' | 'by us' | 'too late' | 'not let in';
  readonly ms: number;
};

/** For the answer of a whole request. */
const PATIENCE_MS = 30_000;
/** After the bytes of a broken one, and after the last byte of an answer. */
const QUIET_MS = 60;
const LIVE_MS = 100;
const LIVE = /\r\ncontent-type: text\/event-stream/i;
const LONGEST_HEAD = 4000;
/** Beyond this nothing is kept of an answer. */
const MOST_BYTES = 4_000_000;

/** Sends an input over a connection of its own, on loopback. */
export async function exchange(url: string, { pieces, asked }: Input): Promise<Outcome> {
  const { hostname, port } = new URL(url);
  const began = performance.now();
  const came: Buffer[] = [];
  let size = 0;
  const way: { ended: Outcome['ended'] | null } = { ended: null };
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const end = (how: Outcome['ended']) => {
    way.ended ??= how;
    socket.destroy();
  };
  let quiet: NodeJS.Timeout | undefined;
  const endSoon = (afterMs: number) => {
    clearTimeout(quiet);
    quiet = setTimeout(() => end('by us'), afterMs);
  };
  const late = setTimeout(() => end('too late'), PATIENCE_MS);
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNREFUSED') way.ended ??= 'not let in';
  });
  socket.on('data', (chunk) => {
    if (size < MOST_BYTES) came.push(chunk);
    size += chunk.length;
    // Live events never end by themselves.
    if (LIVE.test(chunk.toString('latin1', 0, LONGEST_HEAD))) endSoon(LIVE_MS);
    else if (asked === null) endSoon(QUIET_MS);
  });
  for (const { bytes, afterMs } of pieces) {
    if (afterMs > 0) await sleepFor(afterMs);
    if (!socket.destroyed) socket.write(bytes);
  }
  if (asked === null) endSoon(QUIET_MS);
  await closed;
  clearTimeout(late);
  clearTimeout(quiet);
  const isHead = asked?.method === 'HEAD';
  return {
    answers: answersIn(Buffer.concat(came), isHead),
    ended: way.ended ?? 'by the service',
    ms: performance.now() - began,
  };
}
