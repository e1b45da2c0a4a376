import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export type RawRun = {
  readonly host: string;
  readonly port: number;
  /** Whole requests, head and body. */
  readonly requests: readonly Buffer[];
  /** Kept connections; each sends its next request when the last one is answered. */
  readonly connections: number;
};

export type RawResult = {
  readonly elapsedMs: number;
  /** How often each status was answered. */
  readonly statuses: Readonly<Record<string, number>>;
  /** One for each request, in order of the answers. */
  readonly latenciesMs: readonly number[];
};

/**
 * Sends prepared requests over raw sockets, each exactly once, at 8 µs of processor time a request (Node 20). Autocannon
 * repeats one list on every connection and ends a run on its own ticks of a second; Node's client takes longer for a
 * request than a bare server takes to answer it.
 *
 * @throws Error when a connection breaks or an answer cannot be read
 */
export async function runRequests({ host, port, requests, connections }: RawRun): Promise<RawResult> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => openSocket(host, port)));
  const statuses: Record<string, number> = {};
  const latenciesMs: number[] = [];
  let next = 0;

  const drive = (socket: Socket) =>
    new Promise<void>((resolve, reject) => {
      const read = answerReader();
      let sentAt = 0;
      const sendNext = () => {
        const request = requests[next++];
        if (request === undefined) {
          resolve();
          return;
        }
        sentAt = performance.now();
        socket.write(request);
      };
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('The server closed a connection in the middle of the run.')));
      socket.on('data', (chunk) => {
        const status = read(chunk);
        if (status === null) return;
        latenciesMs.push(performance.now() - sentAt);
        statuses[status] = (statuses[status] ?? 0) + 1;
        sendNext();
      });
      sendNext();
    });

  const began = performance.now();
  try {
    await Promise.all(sockets.map(drive));
    return { elapsedMs: performance.now() - began, statuses, latenciesMs };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

async function openSocket(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  await once(socket, 'connect');
  return socket;
}

const END_OF_HEAD = '\r\n\r\n';

/** Takes what a connection brings; returns the status once the answer is complete, until then null. */
function answerReader(): (chunk: Buffer) => string | null {
  let answer = '';
  return (chunk) => {
    // One character a byte, so that lengths are right.
    answer += chunk.toString('latin1');
    const headEnds = answer.indexOf(END_OF_HEAD);
    if (headEnds === -1) return null;
    const status = answer.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length);
    if (answer.length < headEnds + END_OF_HEAD.length + bodyLength(answer.slice(0, headEnds), status)) return null;
    answer = '';
    return status;
  };
}

function bodyLength(head: string, status: string): number {
  if (status === '204') return 0;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`An answer ${status} came without its length.`);
  return Number(length);
}
