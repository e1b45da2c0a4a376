import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections, so that none of them takes the port of a dead process. */
const FIRST_PORT = 20_000;
const LAST_PORT = 30_000;
const PORTS_TRIED = 50;

/** A free port on loopback that a process can come back to after it was killed. */
export async function lastingPort(): Promise<number> {
  for (let tries = 0; tries < PORTS_TRIED; tries++) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port found between ${FIRST_PORT} and ${LAST_PORT}.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
