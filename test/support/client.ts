import request from 'supertest';
import { eventually } from './eventually';
import { API_KEY, type TestService } from './testService';

/** Example numbers, all different: +1 415 555 0000 and on; no such numbers are given out. */
export const numbers = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => `+1415${String(5_550_000 + from + index)}`);

export type BroadcastBody = Record<string, unknown> & {
  id: string;
  status: string;
  recipients: Record<string, number>;
  batches: Record<string, number>;
  delivery: Record<string, number>;
};

/** `POST /broadcast` with the key and the given headers. */
export function postBroadcast(test: TestService, body: object, headers: Record<string, string> = {}) {
  return request(test.url).post('/broadcast').set('x-api-key', API_KEY).set(headers).send(body);
}

/** Any read with the key. */
export function get(test: TestService, path: string, headers: Record<string, string> = {}) {
  return request(test.url).get(path).set('x-api-key', API_KEY).set(headers);
}

export async function readBroadcast(test: TestService, id: string): Promise<BroadcastBody> {
  const { body } = await get(test, `/broadcast/${id}`).expect(200);
  return body as BroadcastBody;
}

/** Waits until the broadcast fits. */
export async function broadcastWhen(
  test: TestService,
  id: string,
  fits: (broadcast: BroadcastBody) => boolean,
): Promise<BroadcastBody> {
  let last: BroadcastBody | undefined;
  try {
    return await eventually(async () => {
      last = await readBroadcast(test, id);
      return fits(last) ? last : null;
    });
  } catch (error) {
    throw new Error(`The broadcast never got there: ${await standOf(test, id, last)}`, { cause: error });
  }
}

/** What somebody who reads a failure of CI needs: it may not come again. */
async function standOf(test: TestService, id: string, last: BroadcastBody | undefined): Promise<string> {
  const { body: batches } = await get(test, `/broadcast/${id}/batches`).expect(200);
  const rows = (batches.data as Record<string, unknown>[]).map(
    ({ number, status, attempts, claimedAt, updatedAt }) => ({ number, status, attempts, claimedAt, updatedAt }),
  );
  const shown = { status: last?.status, delivery: last?.delivery, errors: last?.['errors'], batches: rows };
  const lines = test.log
    .filter(({ level }) => level !== 'debug')
    .slice(-20)
    .map(({ level, message, data }) => JSON.stringify({ level, message, ...data }));
  return `${JSON.stringify(shown)}\n${lines.join('\n')}`;
}

/** Waits until so many people have their text and every batch is settled: a report may be faster than Plivo's answer. */
export const reportedAndOver = (test: TestService, id: string, delivered: number): Promise<BroadcastBody> =>
  broadcastWhen(test, id, ({ status, delivery }) => status === 'completed' && delivery['delivered'] === delivered);
