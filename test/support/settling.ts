import request from 'supertest';
import { broadcastWhen, postBroadcast, type BroadcastBody } from './client';
import { expectNobodyMissing } from './invariants';
import { API_KEY, type TestService } from './testService';

/** Unknown outcomes are settled in about a second instead of minutes. On a busy machine half a second was too short for an answer. */
export const SETTLES_SOON = { PLIVO_RECONCILE_AFTER_MS: '50', PLIVO_TIMEOUT_MS: '2000' };
/** No delivery reports: Plivo's message list alone can tell. */
export const LIST_ONLY = { ...SETTLES_SOON, PUBLIC_URL: '' };

/** `POST` with the key, to any path. */
export function post(test: TestService, path: string, body: object = {}) {
  return request(test.url).post(path).set('x-api-key', API_KEY).send(body);
}

/** Sends a broadcast, does not wait for it, and returns its id. */
export async function broadcast(test: TestService, recipients: readonly string[], message = 'Doors open at 9.') {
  const { body } = await postBroadcast(test, { recipients, message }, { Prefer: 'respond-async' }).expect(202);
  return body.id as string;
}

/** Sends a broadcast and waits until nobody knows whether Plivo took it. */
export async function lostBroadcast(test: TestService, recipients: readonly string[], message = 'Doors open at 9.') {
  const id = await broadcast(test, recipients, message);
  await broadcastWhen(test, id, ({ batches }) => batches['unconfirmed']! + batches['held']! + batches['sent']! > 0);
  return id;
}

/** Waits until all batches of the broadcast are in the state. */
export function allBatches(test: TestService, id: string, state: string): Promise<BroadcastBody> {
  return broadcastWhen(test, id, ({ batches }) => batches[state] === batches['total']);
}

/** What Plivo's ledger holds: these people with so many texts each, and nobody else. */
export function expectTexts(test: TestService, expected: ReadonlyMap<readonly string[], number>): void {
  const wanted = [...expected].flatMap(([people, count]) => people.map((number) => [number.slice(1), count]));
  expect([...test.simulator.texts()].sort()).toEqual(wanted.sort());
}

/** The texts that one person was sent, in order. */
export const textsTo = (test: TestService, number: string): string[] =>
  test.simulator.textsOf(number).map(({ text }) => text);

/** Every broadcast of the service adds up, and its counters say what its rows say. */
export async function expectAllAddUp(test: TestService): Promise<void> {
  for (let after: number | null = null; ;) {
    const page = await test.service.store.broadcasts.list({ status: null, limit: 100, after });
    for (const { id } of page.items) await expectNobodyMissing(test, id);
    if (page.next === null) return;
    after = page.next;
  }
}

/** How a test of recovery ends: its broadcasts add up, and its service stops also where they do not. */
export async function addUpAndStop(test: TestService): Promise<void> {
  try {
    await expectAllAddUp(test);
  } finally {
    await test.stop();
  }
}

/** How often the message list was asked about batches, and what came of it, in order. */
export const looksOf = (test: TestService): unknown[] =>
  test.log.filter(({ message }) => message.startsWith('Asked Plivo for a batch')).map(({ data }) => data['result']);
