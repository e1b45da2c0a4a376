import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Idle connections stay open for long: one closed just as a caller takes it up again would look like a fault. */
const KEEP_ALIVE_MS = 120_000;

export type ListeningServer = {
  /** `http://host:port`, no slash at the end. */
  url: string;
  /** Cuts every connection and refuses new ones until `open`. */
  refuse(): Promise<void>;
  /** Takes connections on the same port again; does nothing where it does so already. */
  open(): Promise<void>;
  /** Cuts every connection and frees the port. */
  close(): Promise<void>;
};

/** Port 0 takes any that is free. */
export async function listen(host: string, port: number, listener: RequestListener): Promise<ListeningServer> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, noDelay: true }, listener);
  // A hanging answer must stay open for as long as the caller waits.
  server.requestTimeout = 0;
  const listenOn = (at: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(at, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
  const stopListening = (): Promise<void> =>
    new Promise((resolve) => {
      // The only error there can be is that it does not listen.
      server.close(() => resolve());
      server.closeAllConnections();
    });

  await listenOn(port);
  const address = server.address() as AddressInfo;
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${shownHost}:${address.port}`,
    refuse: stopListening,
    open: async () => {
      if (!server.listening) await listenOn(address.port);
    },
    close: stopListening,
  };
}
