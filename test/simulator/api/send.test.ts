import type { Simulator } from '../../../src/simulator/simulator';
import { AUTH_ID, AUTH_TOKEN, SENDER, answerOf, call, people, send, startQuick } from '../plivoCaller';

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startQuick();
});
afterEach(() => simulator.stop());

describe('Sending to the simulated Plivo', () => {
  test('a send is taken with 202, and each person has one text in the ledger', async () => {
    const { status, json } = await send(simulator, people(3));

    expect(status).toBe(202);
    expect(json).toEqual({
      api_id: expect.any(String),
      message: 'message(s) queued',
      message_uuid: [expect.any(String), expect.any(String), expect.any(String)],
    });
    expect([...simulator.texts()]).toHaveLength(3);
    for (const person of people(3)) expect(simulator.texts().get(person)).toBe(1);
  });

  test('the ledger counts every text a person was sent, until it is reset', async () => {
    await send(simulator, people(2), { text: 'One' });
    await send(simulator, people(1), { text: 'Two' });

    expect(simulator.texts().get(people(1)[0]!)).toBe(2);
    expect(simulator.textsOf(`+${people(1)[0]!}`)).toMatchObject([
      { src: SENDER, text: 'One', acceptedAt: expect.any(Number), messageUuid: expect.any(String) },
      { src: SENDER, text: 'Two' },
    ]);
    simulator.reset();
    expect(simulator.texts().size).toBe(0);
    expect(simulator.calls()).toEqual([]);
  });

  test('no uuid stands at the place of its number', async () => {
    const { json } = await send(simulator, people(50));

    const owners = await Promise.all(
      json.message_uuid.map(async (uuid) => (await call(simulator, `/Message/${uuid}/`)).json.to_number),
    );
    expect([...owners].sort()).toEqual(people(50));
    owners.forEach((owner, at) => expect(owner).not.toBe(people(50)[at]));
  });

  test('a number given twice, or written in two ways, is texted once', async () => {
    const { json } = await send(simulator, '+44 (7700) 900-000<447700900000<44.7700/900000<447700900001');

    expect(json.message_uuid).toHaveLength(2);
    expect(Object.fromEntries(simulator.texts())).toEqual({ 447700900000: 1, 447700900001: 1 });
  });

  test('invalid numbers come back and are not texted', async () => {
    simulator.settings.invalidNumbers.push('+447700900001');
    const { status, json } = await send(simulator, '447700900000<+447700900001<abc<123456789012345');

    expect(status).toBe(202);
    expect(json.message_uuid).toHaveLength(1);
    expect(json.invalid_number).toEqual(['+447700900001', 'abc', '123456789012345']);
    expect([...simulator.texts().keys()]).toEqual(['447700900000']);
  });

  test('1,000 numbers are taken at once and 1,001 are refused', async () => {
    expect((await send(simulator, people(1000))).json.message_uuid).toHaveLength(1000);

    const refused = await send(simulator, [...people(1000), SENDER]);
    expect(refused.status).toBe(400);
    expect(refused.json).toEqual({ api_id: expect.any(String), error: expect.stringContaining('1000') });
  });

  test.each([
    ['no sender', { src: undefined }, 'src'],
    ['a sender and a powerpack', { powerpack_uuid: 'pack' }, 'only one'],
    ['a sender name that is too long', { src: 'TWELVELETTER' }, 'src'],
    ['no recipient', { dst: '' }, 'dst'],
    ['a list of recipients instead of text', { dst: people(2) }, 'dst'],
    ['only invalid recipients', { dst: 'abc<def' }, 'invalid phone numbers'],
    ['no text', { text: '' }, 'text'],
    ['1,601 plain characters', { text: 'a'.repeat(1601) }, '1600'],
    ['738 characters of which one is Chinese', { text: `${'a'.repeat(737)}字` }, '737'],
    ['an unknown type', { type: 'fax' }, 'type'],
    ['a callback address that is none', { url: 'nonsense' }, 'url'],
    ['an unknown callback method', { url: 'http://127.0.0.1/x', method: 'PUT' }, 'method'],
    ['an expiry of 4 s', { message_expiry: 4 }, 'message_expiry'],
    ['an expiry of 3 h', { message_expiry: 10_800 }, 'message_expiry'],
  ])('a send with %s is refused with 400 and texts nobody', async (_, fields, hint) => {
    const { status, json } = await send(simulator, people(1), fields);

    expect(status).toBe(400);
    expect(json.error).toContain(hint);
    expect(simulator.texts().size).toBe(0);
  });

  test.each([
    ['1,600 plain characters', { text: 'a'.repeat(1600) }],
    ['737 characters of which one is Chinese', { text: `${'a'.repeat(736)}字` }],
    ['a sender name', { src: 'Library' }],
    ['an expiry of 5 s', { message_expiry: 5 }],
    ['pictures and no text', { type: 'mms', text: undefined, media_urls: ['http://127.0.0.1/a.png'] }],
  ])('a send with %s is taken', async (_, fields) => {
    expect((await send(simulator, people(1), fields)).status).toBe(202);
  });

  test('a send may be a form', async () => {
    const { status } = await call(simulator, '/Message/', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ src: SENDER, dst: '447700900000', text: 'Hello', message_expiry: '60' }).toString(),
    });

    expect(status).toBe(202);
    expect(simulator.texts().get('447700900000')).toBe(1);
  });

  test.each(['not json', '[]', 'null'])('a body of %s is refused with 400', async (body) => {
    expect((await call(simulator, '/Message/', { method: 'POST', body })).status).toBe(400);
  });

  test('a powerpack picks the number, and one person always gets the same one', async () => {
    await send(simulator, people(30), { src: undefined, powerpack_uuid: 'pack-1' });
    await send(simulator, people(30), { src: undefined, powerpack_uuid: 'pack-1' });

    const sources = people(30).map((person) => simulator.textsOf(person).map(({ src }) => src));
    for (const [first, second] of sources) expect(first).toBe(second);
    expect(new Set(sources.flat()).size).toBe(3);
  });

  test('wrong credentials are refused with 401, in the form Plivo uses', async () => {
    const wrong = `Basic ${Buffer.from(`${AUTH_ID}:wrong`).toString('base64')}`;
    for (const authorization of [wrong, '']) {
      const { status, json } = await send(simulator, people(1), {}, { headers: { authorization } });
      expect(status).toBe(401);
      expect(json).toEqual({ api_id: expect.any(String), error: expect.any(String) });
    }
    const right = `Basic ${Buffer.from(`${AUTH_ID}:${AUTH_TOKEN}`).toString('base64')}`;
    const other = await fetch(`${simulator.url}/v1/Account/MAOTHER/Message/`, { headers: { authorization: right } });
    expect((await answerOf(other)).status).toBe(401);
  });

  test('an unknown path answers 404 as JSON, a doubled slash included', async () => {
    for (const path of ['/Call/', '//Message/', '/Message']) {
      const { status, json } = await call(simulator, path, { method: 'POST', body: '{}' });
      expect({ path, status }).toEqual({ path, status: 404 });
      expect(json.error).toBe('not found');
    }
    expect((await call(simulator, '/Message/', { method: 'DELETE' })).status).toBe(405);
  });

  test('more requests than allowed in 5 s get 429 and text nobody', async () => {
    simulator.settings.requestsPer5s = 3;
    const statuses = [];
    for (const person of people(5)) statuses.push((await send(simulator, [person])).status);

    expect(statuses).toEqual([202, 202, 202, 429, 429]);
    expect(simulator.texts().size).toBe(3);
  });

  test('every call is on record, in order, with what it asked and what it got', async () => {
    const { json } = await send(simulator, ['+447700900000', '447700900001'], { url: 'http://127.0.0.1:9/x' });
    await send(simulator, [], {});
    simulator.addFault({ kind: 'reset' });
    await send(simulator, people(1)).catch(() => undefined);

    expect(simulator.calls()).toMatchObject([
      {
        status: 202,
        accepted: 2,
        dst: ['+447700900000', '447700900001'],
        src: SENDER,
        text: 'Hello',
        body: { url: 'http://127.0.0.1:9/x' },
        messageUuids: json.message_uuid,
        at: expect.any(Number),
        wallTime: expect.any(Number),
      },
      { status: 400, accepted: 0, dst: [], messageUuids: [] },
      { status: null, accepted: 0, dst: people(1) },
    ]);
    simulator.reset();
  });

  test('the answer takes as long as the latency says', async () => {
    simulator.settings.latencyMs = 40;
    const start = performance.now();
    await send(simulator, people(1));
    expect(performance.now() - start).toBeGreaterThanOrEqual(39);
  });

  test('the same seed gives the same uuids, another seed gives others', async () => {
    const uuids = async (seed: number): Promise<string[]> => {
      const other = await startQuick({}, { seed });
      const { json } = await send(other, people(5));
      await other.stop();
      return json.message_uuid;
    };
    const first = await uuids(7);
    expect(await uuids(7)).toEqual(first);
    expect(await uuids(8)).not.toEqual(first);
  });
});
