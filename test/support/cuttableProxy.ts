import { connect, createServer, type Socket, type AddressInfo } from 'node:net';
import { join, reset } from '../../src/cli/crash/stage/sockets';

/** A way to a server that a test can break. */
export type CuttableProxy = {
  readonly port: number;
  /** Breaks all connections and refuses new ones, until `restore`. */
  cut(): void;
  /** Breaks all connections; new ones go through at once. */
  reset(): void;
  restore(): Promise<void>;
  close(): Promise<void>;
};

/** Forwards connections from a free port on loopback to the server. */
export async function startCuttableProxy(target: { host: string; port: number }): Promise<CuttableProxy> {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target.port, target.host);
    join(near, far, open);
    near.pipe(far);
    far.pipe(near);
  });
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const breakAll = () => {
    for (const socket of open) reset(socket);
  };
  return {
    port,
    cut() {
      server.close();
      breakAll();
    },
    reset: breakAll,
    async restore() {
      if (!server.listening) await listen(port);
    },
    close() {
      breakAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
