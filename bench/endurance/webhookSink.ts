import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where the service tells other programs what happens; takes everything and counts it. */
export type WebhookSink = { readonly url: string; count(): number; close(): Promise<void> };

export async function startWebhookSink(): Promise<WebhookSink> {
  let count = 0;
  const server = createServer((req, res) => {
    req.resume().on('end', () => {
      count++;
      res.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    count: () => count,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
