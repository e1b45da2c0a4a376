import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join, reset } from './sockets';

/** Where in an exchange a connection breaks. Once a request was passed on, nobody on the near side knows what came of it. */
export const CUTS = ['within the request', 'before the answer', 'within the answer'] as const;
export type Cut = (typeof CUTS)[number];

/** A way to a server that breaks where it is told to. */
export type CuttingProxy = {
  readonly port: number;
  /** The next exchange on any connection that is not yet to be cut is cut so. */
  cutNext(cut: Cut): void;
  /** Forgets what was to be cut and is not yet. */
  spare(): void;
  /** Connections that were cut since the last call. */
  cutsMade(): number;
  close(): Promise<void>;
};

/** Forwards connections from a free port on loopback to the server. */
export async function startCuttingProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<CuttingProxy> {
  const waiting: Cut[] = [];
  const open = new Set<Socket>();
  let made = 0;
  const server = createServer((near) => {
    const far = connect(target.port, target.host);
    join(near, far, open);
    passOn(near, far, { next: () => waiting.shift(), onCut: () => made++ });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    cutNext: (cut) => void waiting.push(cut),
    spare: () => void waiting.splice(0),
    cutsMade() {
      const since = made;
      made = 0;
      return since;
    },
    close() {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

type CutSource = { readonly next: () => Cut | undefined; readonly onCut: () => void };

function passOn(near: Socket, far: Socket, { next, onCut }: CutSource): void {
  let cut: Cut | undefined;
  let isCut = false;
  const breakOff = () => {
    isCut = true;
    onCut();
  };
  const cutRequest = (chunk: Buffer) => {
    breakOff();
    far.write(half(chunk), () => {
      far.destroy();
      reset(near);
    });
  };
  const cutAnswer = (chunk: Buffer) => {
    breakOff();
    far.destroy();
    if (cut === 'within the answer') near.end(half(chunk), () => near.destroy());
    else reset(near);
  };
  near.on('data', (chunk) => {
    if (isCut) return;
    cut ??= next();
    if (cut === 'within the request') cutRequest(chunk);
    else forward(chunk, near, far);
  });
  far.on('data', (chunk) => {
    if (isCut) return;
    if (cut === undefined) forward(chunk, far, near);
    else cutAnswer(chunk);
  });
}

function forward(chunk: Buffer, from: Socket, to: Socket): void {
  if (to.write(chunk)) return;
  from.pause();
  to.once('drain', () => from.resume());
}

const half = (chunk: Buffer): Buffer => chunk.subarray(0, chunk.length >> 1);
