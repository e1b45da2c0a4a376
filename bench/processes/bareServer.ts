import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { serve } from '../stage/actorSide';

/** The floors of everything that goes over HTTP: servers that read what they get and do nothing with it. */
const SERVERS: Record<'express' | 'http', () => RequestListener> = {
  /** A route of the framework that the service uses, with the body parser that a webhook needs. */
  express() {
    const app = express();
    app.post('/webhooks/plivo/status/:token', express.urlencoded(), (_req, res) => {
      res.status(204).end();
    });
    return app as RequestListener;
  },
  http: () => (request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    request.on('end', () => response.writeHead(204).end());
  },
};
export type BareServerKind = keyof typeof SERVERS;

const methods = {
  /** Returns its address. */
  start: (kind: BareServerKind): Promise<string> =>
    new Promise((resolve, reject) => {
      const server = createServer(SERVERS[kind]());
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    }),
};
export type BareServerProcess = typeof methods;

serve(methods);
