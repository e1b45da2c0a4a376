import { broadcastWhen, get, numbers, postBroadcast, readBroadcast } from '../../support/client';
import { send as requestWithKey, write } from '../../support/compliance';
import { eventually } from '../../support/eventually';
import { expectNobodyMissing, expectTextedOnce } from '../../support/invariants';
import { expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const MINUTE_MS = 60_000;
/** A Monday noon in London, summer in the north. */
const NOON = Date.parse('2026-06-15T12:00:00Z');
const QUIET = { QUIET_HOURS: '21:00-08:00' };

/** A number from each of 20 countries, and where its people look at the clock. */
const PEOPLE: readonly (readonly [number: string, zone: string])[] = [
  ['+12125550101', 'America/New_York'],
  ['+14155550101', 'America/Los_Angeles'],
  ['+16045550101', 'America/Vancouver'],
  ['+525512345678', 'America/Mexico_City'],
  ['+551155256325', 'America/Sao_Paulo'],
  ['+5491123456789', 'America/Argentina/Buenos_Aires'],
  ['+447700900101', 'Europe/London'],
  ['+33612345678', 'Europe/Paris'],
  ['+4915123456789', 'Europe/Berlin'],
  ['+34612345678', 'Europe/Madrid'],
  ['+393123456789', 'Europe/Rome'],
  ['+905012345678', 'Europe/Istanbul'],
  ['+27711234567', 'Africa/Johannesburg'],
  ['+2348021234567', 'Africa/Lagos'],
  ['+254712123456', 'Africa/Nairobi'],
  ['+971501234567', 'Asia/Dubai'],
  ['+918123456789', 'Asia/Kolkata'],
  ['+9779841234567', 'Asia/Kathmandu'],
  ['+6581234567', 'Asia/Singapore'],
  ['+819012345678', 'Asia/Tokyo'],
  ['+61491570156', 'Australia/Sydney'],
];

const hourIn = (zone: string, at: number) =>
  Number(new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' }).format(at));
const isQuiet = (zone: string, at: number) => hourIn(zone, at) >= 21 || hourIn(zone, at) < 8;

describe.each(ENGINES)('quiet hours on %s', (engine) => {
  let test: TestService;
  let now: number;
  const start = async (env: Record<string, string> = QUIET) => {
    now = NOON;
    test = await startTestService({ engine, env, clock: () => now });
  };
  const send = async (recipients: readonly string[], more: object = {}) => {
    const body = { recipients, message: 'Doors open at 9.', ...more };
    return (await postBroadcast(test, body, { prefer: 'respond-async' }).expect(202)).body as { id: string };
  };
  const postPreview = (body: object) => requestWithKey(test, 'post', '/broadcast/preview', body).expect(200);
  const batchesOf = async (id: string) =>
    (await get(test, `/broadcast/${id}/batches?limit=1000`).expect(200)).body.data as {
      number: number;
      size: number;
      status: string;
      attempts: number;
      lastError: object | null;
      notBefore: string | null;
    }[];
  /** Whoever may be texted at this hour has been. */
  const settled = (id: string) =>
    eventually(async () => {
      const open = (await batchesOf(id)).filter(({ status }) => status !== 'sent');
      return open.every(({ notBefore }) => notBefore !== null && Date.parse(notBefore) > now);
    });
  const texted = (number: string) => test.simulator.textsOf(number).length;
  afterEach(() => test.stop());

  it('let a broadcast to 20 countries reach each only in the hours between', async () => {
    await start();
    const { id } = await send(PEOPLE.map(([number]) => number));
    const hours = new Map<string, number>();
    for (const end = NOON + 24 * 60 * MINUTE_MS; now <= end; now += 30 * MINUTE_MS) {
      await settled(id);
      for (const [number, zone] of PEOPLE) {
        if (texted(number) === 0 || hours.has(number)) continue;
        hours.set(number, hourIn(zone, now));
        expect({ number, zone, quiet: isQuiet(zone, now) }).toEqual({ number, zone, quiet: false });
      }
    }
    expect([...hours.keys()].sort()).toEqual(PEOPLE.map(([number]) => number).sort());
    // Those for whom it was day did not wait for the others.
    for (const [number, zone] of PEOPLE.filter(([, zone]) => !isQuiet(zone, NOON)))
      expect(hours.get(number)).toBe(hourIn(zone, NOON));
    expectTextedOnce(
      test,
      PEOPLE.map(([number]) => number),
    );
    expect((await readBroadcast(test, id)).status).toBe('completed');
    await expectNobodyMissing(test, id);
  });

  it('cost few calls: people whose days have the same hours go together, in full batches', async () => {
    await start({ ...QUIET, PLIVO_BULK_MESSAGE_LIMIT: '100' });
    const eastern = ['212', '305', '404', '617'].flatMap((area) => people(area, 100));
    const pacific = ['206', '213', '503'].flatMap((area) => people(area, 100));
    const { id } = await send([...eastern, ...pacific].sort(() => 1));
    await settled(id);
    expect((await batchesOf(id)).map(({ size }) => size)).toEqual(Array.from({ length: 7 }, () => 100));
  });

  it('show who waits, and until when', async () => {
    await start();
    const { id } = await send(['+819012345678', '+447700900101']);
    await settled(id);
    const { body } = await get(test, `/broadcast/${id}/recipients`).expect(200);
    // Eight in the morning in Tokyo.
    expect(body.data).toMatchObject([
      { recipient: '+447700900101', notBefore: null },
      { recipient: '+819012345678', status: 'queued', notBefore: '2026-06-15T23:00:00.000Z' },
    ]);
    const broadcast = await readBroadcast(test, id);
    expect(broadcast).toMatchObject({
      status: 'processing',
      quietHours: '21:00-08:00',
      batches: { sent: 1, pending: 1 },
    });
    expect(Date.parse(String(broadcast['expectedFinishAt']))).toBeGreaterThanOrEqual(
      Date.parse('2026-06-15T23:00:00Z'),
    );
  });

  it('hold back, too, what meets them on the way: a batch that is late waits for the morning', async () => {
    await start();
    now = Date.parse('2026-06-15T19:59:30Z'); // 20:59:30 in London
    test.simulator.addFault({ kind: 'status', status: 429 });
    const { id } = await send(['+447700900101']);
    // Refused for now, and the wait for the next try written down by the clock as it stands.
    await eventually(async () => {
      const [batch] = await batchesOf(id);
      return batch?.status === 'pending' && batch.lastError !== null;
    });
    now = Date.parse('2026-06-15T20:00:00Z');
    await eventually(async () => (await batchesOf(id))[0]?.notBefore === '2026-06-16T07:00:00.000Z');
    expect(texted('+447700900101')).toBe(0);
    // Nothing to do until the morning: the dispatcher rests.
    expect(await test.service.store.claims.nextAttemptInMs({ onlyAwaited: false })).toBeGreaterThanOrEqual(1000);
    now = Date.parse('2026-06-16T07:00:00Z');
    await broadcastWhen(test, id, ({ status }) => status === 'completed');
    expectTextedOnce(test, ['+447700900101']);
  });

  it('do not begin while texts still wait with Plivo: at one a second, who would come too late waits', async () => {
    const slow = { PLIVO_MESSAGES_PER_SECOND: '1', PLIVO_BULK_MESSAGE_LIMIT: '10' };
    await start({ ...QUIET, ...slow });
    now = Date.parse('2026-06-15T19:58:00Z'); // 20:58 in London
    const londoners = Array.from({ length: 350 }, (_, index) => `+447700900${100 + index}`);
    const dryRun = await postPreview({ recipients: londoners, message: 'Doors open at 9.' });
    const { id } = await send(londoners);
    await settled(id);
    const open = await batchesOf(id);
    // Two minutes, less ten seconds for the way to Plivo.
    expect(open.filter(({ status }) => status === 'sent')).toHaveLength(11);
    expect(new Set(open.slice(11).map(({ notBefore }) => notBefore))).toEqual(new Set(['2026-06-16T07:00:00.000Z']));
    const { body } = await get(test, `/broadcast/${id}`).expect(200);
    // The 240 that are left, from eight in the morning on.
    expect(body.expectedFinishAt).toBe('2026-06-16T07:04:00.000Z');
    expect(dryRun.body).toMatchObject({
      quietHours: { heldRecipients: 240, lastOpening: '2026-06-16T07:00:00.000Z' },
      expectedSeconds: (Date.parse(body.expectedFinishAt) - now) / 1000,
    });
    now = Date.parse('2026-06-16T07:00:00Z');
    await broadcastWhen(test, id, ({ status }) => status === 'completed');
    expectTextedOnce(test, londoners);
    await expectNobodyMissing(test, id);
  });

  it('are honoured by a STOP that comes in the night', async () => {
    await start();
    const { id } = await send(['+819012345678']);
    await write(test, '+819012345678', 'STOP');
    now = Date.parse('2026-06-15T23:00:00Z');
    const done = await broadcastWhen(test, id, ({ status }) => status === 'completed');
    expect(done.delivery).toMatchObject({ optedOut: 1, queued: 0 });
    expect(test.simulator.calls()).toHaveLength(0);
  });

  it('are others for a broadcast that says so, or none', async () => {
    await start();
    const { id: none } = await send(['+819012345678'], { quietHours: 'off' });
    await broadcastWhen(test, none, ({ status }) => status === 'completed');
    const { id: noon } = await send(['+447700900101'], { quietHours: '12:00-14:00' });
    await settled(noon);
    expect((await batchesOf(noon))[0]).toMatchObject({ status: 'pending', notBefore: '2026-06-15T13:00:00.000Z' });
  });

  it.each(['9 to 5', '21:00', '25:00-08:00', '08:00-07:59', '', 5])('refuse %p as hours', async (quietHours) => {
    await start({});
    const body = { recipients: numbers(1), message: 'Hi', quietHours };
    expectProblem(await postBroadcast(test, body), 400);
  });

  it('do not keep a caller waiting for the morning', async () => {
    await start({ ...QUIET, BROADCAST_WAIT_MS: '600000' });
    const response = await postBroadcast(test, { recipients: ['+819012345678'], message: 'Hi' }).expect(202);
    expect(response.headers['preference-applied']).toBe('respond-async');
  });
});

function people(area: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `+1${area}555${String(index).padStart(4, '0')}`);
}
