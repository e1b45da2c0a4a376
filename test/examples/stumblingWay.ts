import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A way to the service on which the first try is refused for a moment and the answer to the second is lost. */
export type StumblingWay = {
  readonly url: string;
  /** The headers of each try to send. */
  readonly tries: IncomingHttpHeaders[];
  close(): Promise<void>;
};

export async function startStumblingWay(serviceUrl: string): Promise<StumblingWay> {
  const tries: IncomingHttpHeaders[] = [];
  const server = createServer((req, res) => {
    if (req.method === 'POST') tries.push(req.headers);
    if (req.method === 'POST' && tries.length === 1) {
      req.resume();
      req.on('end', () => res.writeHead(503, { 'retry-after': '1' }).end('Not now.'));
      return;
    }
    const isLost = req.method === 'POST' && tries.length === 2;
    const onward = request(`${serviceUrl}${req.url}`, { method: req.method, headers: req.headers }, (answer) => {
      answer.on('error', () => res.destroy());
      if (isLost) answer.resume().on('end', () => res.destroy());
      else answer.pipe(res.writeHead(answer.statusCode ?? 502, answer.headers));
    });
    onward.on('error', () => res.destroy());
    req.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tries,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
