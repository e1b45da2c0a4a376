import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { serve } from '../stage/actorSide';

export type Heard = {
  /** Streams that were still open. */
  readonly open: number;
  /** The fewest events that one of them was told. */
  readonly least: number;
};

/** Connections that are opened together: a backlog of the system holds so many. */
const AT_ONCE = 100;
const EVENT = Buffer.from('event: progress');

/** Many who listen to everything that happens; they count what they are told, and read nothing of it. */
const methods = {
  async listen({ url, key, count }: { url: string; key: string; count: number }): Promise<void> {
    const { hostname, port, host } = new URL(url);
    const asked = `GET /events HTTP/1.1\r\nHost: ${host}\r\nx-api-key: ${key}\r\nAccept: text/event-stream\r\n\r\n`;
    while (streams.length < count) {
      const few = Array.from({ length: Math.min(AT_ONCE, count - streams.length) }, () =>
        openStream({ host: hostname, port: Number(port) }, asked),
      );
      streams.push(...(await Promise.all(few)));
    }
  },
  leave(): Heard {
    const heard = {
      open: streams.filter(({ socket }) => !socket.destroyed).length,
      least: Math.min(...streams.map(({ events }) => events)),
    };
    for (const { socket } of streams) socket.destroy();
    streams = [];
    return heard;
  },
};
export type AudienceProcess = typeof methods;

type Stream = { readonly socket: Socket; events: number };

let streams: Stream[] = [];

/** @throws Error where it is not let in */
async function openStream(address: { host: string; port: number }, asked: string): Promise<Stream> {
  const socket = connect({ ...address, noDelay: true });
  await once(socket, 'connect');
  socket.write(asked);
  const [head] = (await once(socket, 'data')) as [Buffer];
  if (!head.includes(' 200 ')) throw new Error(`GET /events was answered ${head.subarray(0, 60).toString('latin1')}`);
  const stream: Stream = { socket, events: 0 };
  socket.on('data', (chunk) => {
    // Each is written at once, so that its name is not cut in two; what begins later in a chunk is a second one.
    for (let at = chunk.indexOf(EVENT); at !== -1; at = chunk.indexOf(EVENT, at + EVENT.length)) stream.events++;
  });
  socket.on('error', () => undefined);
  return stream;
}

serve(methods);
