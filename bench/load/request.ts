import { Agent, request as openRequest } from 'node:http';

/** Kept connections; as many at once as there are requests, so that none waits for another on our side. */
const agent = new Agent({ keepAlive: true });

export type Call = {
  readonly url: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: Buffer;
};

export type Reply = {
  readonly status: number;
  readonly text: string;
  /** From the first byte written to the last byte read. */
  readonly ms: number;
};

/** One plain request: `fetch` would cost several times as much of the machine that is being measured. */
export function request({ url, method = 'GET', headers = {}, body }: Call): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const length = body === undefined ? {} : { 'content-length': body.length };
    const outgoing = openRequest(url, { method, agent, headers: { ...headers, ...length } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const ms = performance.now() - began;
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString(), ms });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
