import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Idle connections stay open for long: one closed just as a caller takes it up again would look like a fault. */
const KEEP_ALIVE_MS = 120_000;

export type ListeningServer = {
  /** `http://host:port`, no slash at the end. */
  url: string;
  /** Cuts every connection and frees the port. */
  close(): Promise<void>;
};

/** Port 0 takes any that is free. */
export async function listen(host: string, port: number, listener: RequestListener): Promise<ListeningServer> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, noDelay: true }, listener);
  // A hanging answer must stay open for as long as the caller waits.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${shownHost}:${address.port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}
