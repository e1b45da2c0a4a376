import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Simulator, SimulatorOptions } from '../../src/simulator/simulator';
import { startSimulator } from '../../src/simulator/simulator';

export const AUTH_ID = 'MATESTACCOUNT0000000';
export const AUTH_TOKEN = 'test-token';
export const SENDER = '14155550100';

/** The +44 7700 900xxx range is set aside for fiction; 1,000 numbers. */
export function people(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, at) => `447700900${String(from + at).padStart(3, '0')}`);
}

/** Quick by default, so that tests wait for milliseconds where Plivo takes seconds. */
export function startQuick(
  settings: SimulatorOptions['settings'] = {},
  other: Partial<SimulatorOptions> = {},
): Promise<Simulator> {
  const quick = { deliveryDelayMs: 1, callbackRetryDelaysMs: [5, 10, 20], ...settings };
  return startSimulator({ authId: AUTH_ID, authToken: AUTH_TOKEN, settings: quick, ...other });
}

const authorization = `Basic ${Buffer.from(`${AUTH_ID}:${AUTH_TOKEN}`).toString('base64')}`;

/** The fields that tests look into, of whichever answer has them. */
export type AnswerBody = {
  error: string;
  message_uuid: string[];
  invalid_number: string[];
  to_number: string;
  cash_credits: string;
  meta: { total_count: number; next: string | null; previous: string | null };
  objects: { to_number: string; message_time: string }[];
  twice: unknown[];
};
export type Answer = { status: number; headers: Headers; text: string; isJson: boolean; json: AnswerBody };

export async function call(simulator: Simulator, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${simulator.url}/v1/Account/${AUTH_ID}${path}`, {
    redirect: 'manual',
    ...init,
    headers: { authorization, 'content-type': 'application/json', ...(init.headers as Record<string, string>) },
  });
  return answerOf(response);
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const answer = { status: response.status, headers: response.headers, text };
  try {
    return { ...answer, isJson: true, json: JSON.parse(text) as AnswerBody };
  } catch {
    return { ...answer, isJson: false, json: {} as AnswerBody };
  }
}

export function send(
  simulator: Simulator,
  dst: readonly string[] | string,
  fields: Record<string, unknown> = {},
  init: RequestInit = {},
): Promise<Answer> {
  const body = { src: SENDER, dst: typeof dst === 'string' ? dst : dst.join('<'), text: 'Hello', ...fields };
  return call(simulator, '/Message/', { method: 'POST', body: JSON.stringify(body), ...init });
}

export async function control(simulator: Simulator, method: string, path: string, body?: unknown): Promise<Answer> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  return answerOf(await fetch(`${simulator.controlUrl}${path}`, init));
}

export type Received = {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  fields: Record<string, string>;
};

/** The user's service: notes every callback and answers as told. */
export class Service {
  readonly received: Received[] = [];
  /** Status for each request; null leaves it without an answer. */
  answer: (request: Received) => number | null = () => 200;

  private constructor(private readonly server: Server) {}

  static async start(port = 0): Promise<Service> {
    const server = createServer();
    const service = new Service(server);
    server.on('request', (request, response) => {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (text: string) => (body += text));
      request.on('end', () => {
        const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
        const received = {
          method: request.method ?? '',
          path: pathname,
          query: searchParams,
          headers: request.headers,
          fields: Object.fromEntries(new URLSearchParams(body)),
        };
        service.received.push(received);
        const status = service.answer(received);
        if (status !== null) response.writeHead(status).end('<Response/>');
      });
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  statuses(): (string | undefined)[] {
    return this.received.map(({ fields }) => fields['Status']);
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}
