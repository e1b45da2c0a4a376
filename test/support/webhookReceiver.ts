import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { faultsOf } from './description/closedSchemas';
import { SCHEMAS } from './description/description';
import { lookLater } from './description/exchanges';
import { eventually } from './eventually';

/** Base64 of 32 bytes each. */
export const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
export const OTHER_SECRET = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;

export type Received = {
  readonly path: string;
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
};

/** Another program's end of the line. */
export type WebhookReceiver = {
  readonly url: string;
  /** What was taken, in order; repeats included. */
  readonly taken: Received[];
  /** What was answered otherwise than 204. */
  readonly refused: Received[];
  /** What it answers. */
  answer: number;
  /** It takes what comes and never answers. */
  isSilent: boolean;
  /** Asked for each: whether it is down. */
  isDown: () => boolean;
  /** Waits for something that fits. */
  when(type: string, fits?: (data: Record<string, unknown>) => boolean): Promise<Received>;
  stop(): Promise<void>;
};

/** `isService`: whoever posts is the service, and says what is described and nothing else. */
export async function startWebhookReceiver({ isService = true } = {}): Promise<WebhookReceiver> {
  const taken: Received[] = [];
  const refused: Received[] = [];
  const server = createServer((req, res) => {
    const parts: Buffer[] = [];
    req.on('data', (part: Buffer) => parts.push(part));
    req.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8');
      const { type, data } = JSON.parse(body) as Pick<Received, 'type' | 'data'>;
      if (isService)
        lookLater(() =>
          faultsOf(SCHEMAS['WebhookPayload']!, JSON.parse(body)).map((fault) => `${type} is told: ${fault}`),
        );
      const id = String(req.headers['webhook-id']);
      if (receiver.isDown()) {
        req.socket.destroy();
        return;
      }
      const isTaken = receiver.answer === 204;
      (isTaken ? taken : refused).push({ path: req.url ?? '', id, headers: req.headers, body, type, data });
      if (receiver.isSilent) return;
      const where = receiver.answer >= 300 && receiver.answer < 400 ? { location: `${receiver.url}/elsewhere` } : {};
      res.writeHead(receiver.answer, where).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    taken,
    refused,
    answer: 204,
    isSilent: false,
    isDown: () => false,
    when: (type, fits = () => true) =>
      eventually(() => taken.find((one) => one.type === type && fits(one.data)) ?? null),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

/** As a receiver checks it by the letter of Standard Webhooks. */
export function isSignedBy(secret: string, { id, headers, body }: Received, nowMs = Date.now()): boolean {
  const timestamp = String(headers['webhook-timestamp']);
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > 5 * 60) return false;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .some((signature) => {
      const [version, value = ''] = signature.split(',');
      const given = Buffer.from(value, 'base64');
      return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
    });
}
