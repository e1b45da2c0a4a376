import type { Simulator } from '../../src/simulator/simulator';
import { SENDER, Service, control, people, send, startQuick } from './plivoCaller';
import { eventually } from '../support/eventually';

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startQuick();
});
afterEach(() => simulator.stop());

describe('The control port', () => {
  test('its front page lists what there is', async () => {
    const { status, text } = await control(simulator, 'GET', '/');
    expect(status).toBe(200);
    for (const route of [
      '/settings',
      '/faults',
      '/outage',
      '/ledger',
      '/ledger.csv',
      '/calls',
      '/inbound',
      '/reset',
      '/idle',
    ]) {
      expect(text).toContain(route);
    }
  });

  test('settings are read and changed while it runs', async () => {
    expect((await control(simulator, 'GET', '/settings')).json).toEqual(simulator.settings);
    const { status, json } = await control(simulator, 'PATCH', '/settings', { maxRecipients: 1, expiryMs: null });
    expect(status).toBe(200);
    expect(json).toMatchObject({ maxRecipients: 1, expiryMs: null });
    expect((await send(simulator, people(2))).status).toBe(400);
  });

  test.each([
    [{ latency: 5 }, 'There is no setting "latency"'],
    [{ latencyMs: -5 }, 'latencyMs must be a number, 0 or more'],
    [{ failedShare: 2 }, 'failedShare must be a number from 0 to 1'],
    [{ optedOut: [1] }, 'optedOut must be a list'],
    [{ signatures: 'v1' }, 'signatures must be "v2", "v3" or "both"'],
    [{ callbackRetryDelaysMs: 5 }, 'callbackRetryDelaysMs must be a list'],
    [{ maskNumbers: 'yes' }, 'maskNumbers must be true or false'],
    [{ callbackConcurrency: 0 }, 'callbackConcurrency must be a whole number'],
    [{ toString: 1 }, 'There is no setting "toString"'],
  ])('settings of %j are refused, and nothing changes', async (patch, hint) => {
    const before = { ...simulator.settings };
    const { status, json } = await control(simulator, 'PATCH', '/settings', { latencyMs: 1, ...patch });
    expect(status).toBe(400);
    expect(json.error).toContain(hint);
    expect(simulator.settings).toEqual(before);
  });

  test('faults are added, listed and removed', async () => {
    const fault = { kind: 'status', status: 503, times: 2 };
    expect((await control(simulator, 'POST', '/faults', fault)).status).toBe(201);
    expect((await send(simulator, people(1))).status).toBe(503);
    expect((await control(simulator, 'GET', '/faults')).json).toEqual([{ ...fault, times: 1 }]);
    expect((await control(simulator, 'DELETE', '/faults')).json).toEqual([]);
    expect((await send(simulator, people(1))).status).toBe(202);
  });

  test.each([
    [{}, 'kind must be one of'],
    [{ kind: 'explode' }, 'kind must be one of'],
    [{ kind: 'status', status: 99 }, 'status must be'],
    [{ kind: 'reset', times: -1 }, 'times must be'],
    [{ kind: 'reset', probability: 2 }, 'probability must be'],
    [{ kind: 'reset', target: 'call' }, 'target must be'],
    [{ kind: 'reset', forMs: 0 }, 'forMs must be'],
    [{ kind: 'reset', often: 1 }, 'There is no field "often"'],
  ])('a fault of %j is refused', async (fault, hint) => {
    const { status, json } = await control(simulator, 'POST', '/faults', fault);
    expect(status).toBe(400);
    expect(json.error).toContain(hint);
    expect((await control(simulator, 'GET', '/faults')).json).toEqual([]);
  });

  test('connections to the API are refused for a time, or until told otherwise', async () => {
    expect((await control(simulator, 'POST', '/outage', {})).json).toEqual({ refusing: true });
    await expect(send(simulator, people(1))).rejects.toThrow();
    expect((await control(simulator, 'DELETE', '/outage')).json).toEqual({ refusing: false });
    expect((await send(simulator, people(1))).status).toBe(202);

    expect((await control(simulator, 'POST', '/outage', { forMs: 50 })).status).toBe(201);
    await eventually(async () => {
      const { json } = await control(simulator, 'GET', '/outage');
      return !(json as unknown as { refusing: boolean }).refusing;
    });
    expect((await send(simulator, people(1))).status).toBe(202);
    expect((await control(simulator, 'POST', '/outage', { forMs: 'long' })).status).toBe(400);
  });

  test('the ledger says how many texts went out and who got more than one', async () => {
    await send(simulator, people(300));
    await send(simulator, people(150));

    const { json } = await control(simulator, 'GET', '/ledger');
    expect(json).toMatchObject({ numbers: 300, texts: 450, maxTextsPerNumber: 2 });
    expect(json.twice).toHaveLength(100);
    expect(json.twice[0]).toEqual({ number: expect.any(String), texts: 2 });

    const one = await control(simulator, 'GET', '/ledger/+447700900000');
    expect(one.json).toMatchObject({
      number: '447700900000',
      texts: 2,
      messages: [{ text: 'Hello' }, { text: 'Hello' }],
    });
    expect((await control(simulator, 'GET', '/ledger/14155550123')).json).toMatchObject({ texts: 0, messages: [] });
    expect((await control(simulator, 'GET', '/ledger/%zz')).status).toBe(400);

    const csv = await control(simulator, 'GET', '/ledger.csv');
    const [head, ...lines] = csv.text.trimEnd().split('\n');
    expect(head).toBe('number,texts');
    expect(lines.sort()).toEqual(people(300).map((person, at) => `${person},${at < 150 ? 2 : 1}`));
  });

  test('an empty ledger is empty', async () => {
    const { json } = await control(simulator, 'GET', '/ledger');
    expect(json).toEqual({ numbers: 0, texts: 0, maxTextsPerNumber: 0, twice: [] });
  });

  test('calls are listed in brief', async () => {
    await send(simulator, people(7));
    expect((await control(simulator, 'GET', '/calls')).json).toEqual([
      { at: expect.any(Number), wallTime: expect.any(Number), size: 7, status: 202, accepted: 7 },
    ]);
  });

  test('a text from a handset is passed on', async () => {
    const service = await Service.start();
    const inbound = { from: '447700900000', to: SENDER, text: 'STOP', url: `${service.url}/inbound` };
    expect((await control(simulator, 'POST', '/inbound', inbound)).json).toEqual({ status: 200, body: '<Response/>' });
    expect(service.received[0]?.fields).toMatchObject({ From: '447700900000', MessageIntent: 'optout' });
    await service.stop();

    const refused = await control(simulator, 'POST', '/inbound', { from: '1', url: 'ftp://x', intent: 'x' });
    expect(refused.status).toBe(400);
    for (const hint of ['to is needed', 'text is needed', 'url must begin', 'intent must be']) {
      expect(refused.json.error).toContain(hint);
    }
  });

  test('it tells when everything has come to rest, and forgets on request', async () => {
    simulator.settings.messagesPerSecond = 1;
    await send(simulator, people(10));
    expect((await control(simulator, 'GET', '/idle')).json).toEqual({ idle: false, waiting: expect.any(Number) });
    expect((await control(simulator, 'POST', '/reset')).status).toBe(200);
    expect((await control(simulator, 'GET', '/idle')).json).toEqual({ idle: true, waiting: 0 });
    expect(simulator.texts().size).toBe(0);
  });

  test('what is no JSON, and what is not there, is refused', async () => {
    const broken = await fetch(`${simulator.controlUrl}/settings`, { method: 'PATCH', body: '{"latencyMs":' });
    expect(broken.status).toBe(400);
    expect(await broken.json()).toEqual({ error: 'The body must be a JSON object.' });
    expect((await control(simulator, 'GET', '/nothing')).status).toBe(404);
    expect((await control(simulator, 'PUT', '/settings')).status).toBe(404);
  });
});
