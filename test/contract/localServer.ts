import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export type Received = { method: string; url: string; headers: http.IncomingHttpHeaders; body: string };

/** What the server does once it has read a request whole. */
export type Answer = (response: http.ServerResponse, socket: Socket) => void;

export type LocalServer = { url: string; received: Received[]; close(): Promise<void> };

/** A server on loopback that records each request and then answers, misbehaves or stays silent as `answer` says. */
export async function startLocalServer(answer: Answer): Promise<LocalServer> {
  const received: Received[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      received.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      answer(response, request.socket);
    });
  });
  // What closes an idle connection in a test is the side under test, however late a busy machine lets it.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with a status and a body; an object goes as JSON, a string as it is. */
export function reply(status: number, body: unknown = '', headers: http.OutgoingHttpHeaders = {}): Answer {
  return (response) => {
    const asJson = typeof body !== 'string';
    response.writeHead(status, { 'content-type': asJson ? 'application/json' : 'text/html', ...headers });
    response.end(asJson ? JSON.stringify(body) : body);
  };
}

/** Starts a 202, sends part of the body and leaves the rest to `then`. */
export function replyInPart(then: (socket: Socket) => void): Answer {
  return (response, socket) => {
    response.writeHead(202, { 'content-type': 'application/json', 'content-length': 500 });
    response.write('{"api_id":', () => setTimeout(() => then(socket), 20));
  };
}

/** An address on loopback where nothing listens. */
export async function closedPort(): Promise<number> {
  const server = await startLocalServer(() => undefined);
  await server.close();
  return Number(new URL(server.url).port);
}
