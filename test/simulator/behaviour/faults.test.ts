import { request } from 'node:http';
import type { Fault, Simulator } from '../../../src/simulator/simulator';
import { AUTH_ID, call, control, people, send, startQuick } from '../plivoCaller';
import { eventually } from '../../support/eventually';

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startQuick();
});
afterEach(() => simulator.stop());

describe('Faults on demand', () => {
  test.each<[string, Fault, number, string]>([
    ['an error status', { kind: 'status', status: 402, error: 'no credit' }, 402, 'no credit'],
    ['a null body', { kind: 'null-body' }, 500, 'null'],
    ['a gateway page', { kind: 'html', status: 504 }, 504, '<html>'],
  ])('%s takes no text', async (_, fault, status, part) => {
    simulator.addFault(fault);
    const answer = await send(simulator, people(2));

    expect(answer.status).toBe(status);
    expect(answer.text).toContain(part);
    expect(simulator.texts().size).toBe(0);
  });

  test.each<[string, Fault, number, string]>([
    ['500 after accepting', { kind: 'accept-then-500' }, 500, 'error'],
    ['a gateway page after accepting', { kind: 'accept-then-html' }, 503, '<html>'],
    ['202 with a page', { kind: 'garbage-202' }, 202, '<html>'],
    ['202 with half of the JSON', { kind: 'truncated' }, 202, '{"api_id"'],
    ['a slow answer', { kind: 'slow', delayMs: 20 }, 202, 'message(s) queued'],
  ])('%s does take the texts', async (_, fault, status, part) => {
    simulator.addFault(fault);
    const answer = await send(simulator, people(2));

    expect(answer.status).toBe(status);
    expect(answer.text).toContain(part);
    expect(answer.isJson).toBe(!['garbage-202', 'truncated', 'accept-then-html'].includes(fault.kind));
    expect(simulator.texts().size).toBe(2);
  });

  test.each<[Fault['kind'], number]>([
    ['reset', 0],
    ['accept-then-reset', 2],
  ])('%s cuts the connection, with %d texts taken', async (kind, taken) => {
    simulator.addFault({ kind });

    await expect(send(simulator, people(2))).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(simulator.texts().size).toBe(taken);
    expect(simulator.calls()).toMatchObject([{ status: null, accepted: taken }]);
  });

  test.each<[Fault['kind'], number]>([
    ['hang', 0],
    ['accept-then-hang', 2],
  ])('%s never answers, with %d texts taken', async (kind, taken) => {
    simulator.addFault({ kind });
    const abort = new AbortController();
    let isAnswered = false;
    const pending = send(simulator, people(2), {}, { signal: abort.signal }).then(
      () => (isAnswered = true),
      () => undefined,
    );
    await eventually(() => simulator.calls().length === 1);
    // A later call is answered while this one still waits.
    expect((await send(simulator, people(1, 500))).status).toBe(202);

    expect(isAnswered).toBe(false);
    expect(simulator.texts().size).toBe(taken + 1);
    abort.abort();
    await pending;
  });

  test('a redirect loop leads to itself for ever and takes no text', async () => {
    simulator.addFault({ kind: 'redirect-loop' });
    const first = await send(simulator, people(1));
    expect(first.status).toBe(302);

    const again = await fetch(new URL(first.headers.get('location')!, simulator.url), { redirect: 'manual' });
    expect(again.status).toBe(302);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    await expect(fetch(new URL(first.headers.get('location')!, simulator.url))).rejects.toThrow();
    expect(simulator.texts().size).toBe(0);
  });

  test('a 429 can say when to come back', async () => {
    simulator.addFault({ kind: 'status', status: 429, retryAfter: 7 });
    expect((await send(simulator, people(1))).headers.get('retry-after')).toBe('7');
  });

  test('a fault hits once, or as often as told, or until it is cleared', async () => {
    const statuses = async (count: number): Promise<number[]> => {
      const seen = [];
      for (let at = 0; at < count; at += 1) seen.push((await send(simulator, people(1))).status);
      return seen;
    };
    simulator.addFault({ kind: 'status', status: 503 });
    expect(await statuses(2)).toEqual([503, 202]);
    simulator.addFault({ kind: 'status', status: 503, times: 2 });
    expect(await statuses(3)).toEqual([503, 503, 202]);
    simulator.addFault({ kind: 'status', status: 503, times: 0 });
    expect(await statuses(4)).toEqual([503, 503, 503, 503]);
    simulator.clearFaults();
    expect(await statuses(1)).toEqual([202]);
  });

  test('a fault can last for a time, whatever it hits meanwhile', async () => {
    simulator.addFault({ kind: 'status', status: 503, forMs: 1500 });
    expect((await send(simulator, people(1))).status).toBe(503);
    expect((await send(simulator, people(1))).status).toBe(503);
    await eventually(async () => (await send(simulator, people(1))).status === 202);
    expect((await control(simulator, 'GET', '/faults')).json).toEqual([]);
  });

  test('a fault can last for a time and hit so many at most', async () => {
    simulator.addFault({ kind: 'status', status: 503, forMs: 60_000, times: 1 });
    expect((await send(simulator, people(1))).status).toBe(503);
    expect((await send(simulator, people(1))).status).toBe(202);
  });

  test('connections are refused until they are taken again, on the same port', async () => {
    expect((await send(simulator, people(1))).status).toBe(202);
    await simulator.refuseConnections();
    await expect(send(simulator, people(1))).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await simulator.acceptConnections();
    expect((await send(simulator, people(1))).status).toBe(202);
    expect(simulator.calls()).toHaveLength(2);
  });

  test('a fault can hit by chance', async () => {
    simulator.addFault({ kind: 'status', status: 503, times: 0, probability: 0.5 });
    const statuses = [];
    for (const person of people(60)) statuses.push((await send(simulator, [person])).status);

    const hit = statuses.filter((status) => status === 503).length;
    expect(hit).toBeGreaterThan(10);
    expect(hit).toBeLessThan(50);
    expect(simulator.texts().size).toBe(60 - hit);
  });

  test('a fault can wait for one person', async () => {
    simulator.addFault({ kind: 'status', status: 503, recipient: '+447700900005' });
    expect((await send(simulator, people(5))).status).toBe(202);
    expect((await send(simulator, people(6))).status).toBe(503);
  });

  test('a fault can hit the list or a record and leave sends alone', async () => {
    simulator.addFault({ kind: 'status', status: 500, target: 'list' });
    simulator.addFault({ kind: 'status', status: 503, target: 'get' });
    const { status, json } = await send(simulator, people(1));

    expect(status).toBe(202);
    expect((await call(simulator, '/Message/')).status).toBe(500);
    expect((await call(simulator, `/Message/${json.message_uuid[0]!}/`)).status).toBe(503);
    expect((await call(simulator, '/Message/')).status).toBe(200);
  });

  test('a send whose caller leaves before the answer is taken all the same', async () => {
    simulator.settings.latencyMs = 60_000;
    const body = JSON.stringify({ src: '14155550100', dst: people(3).join('<'), text: 'Hello' });
    const outgoing = request(`${simulator.url}/v1/Account/${AUTH_ID}/Message/`, {
      method: 'POST',
      auth: `${AUTH_ID}:test-token`,
    });
    outgoing.on('error', () => undefined);
    outgoing.end(body);
    await eventually(() => simulator.calls().length === 1);
    outgoing.destroy();

    expect(simulator.texts().size).toBe(3);
  });
});
