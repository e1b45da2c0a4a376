import type { Socket } from 'node:net';

/** The two sides of a proxy: neither outlives the other. `open` holds both while they are. */
export function join(near: Socket, far: Socket, open: Set<Socket>): void {
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    open.add(one);
    one.on('error', () => undefined);
    one.on('end', () => other.end());
    one.on('close', () => {
      open.delete(one);
      // What it said last may still have to go out.
      other.destroySoon();
    });
  }
}

/**
 * A socket that was told to end is only closed. In the same turn of the loop a reset would be refused (EINVAL) and leave
 * the socket half closed, and Node 20 then spins for ever when the process ends.
 */
export function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
