import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { createInstance, type Instance } from '../../../src/cli/processes/instance';
import { startSimulator, type Simulator } from '../../../src/simulator/simulator';
import { openDatabaseToRead } from '../../../src/store/engine/database';
import { schemaStanding } from '../../../src/store/engine/migrations';
import { verifyDatabase } from '../../../src/store/upkeep/verifyStore';
import { titleOf } from '../../examples/languages';
import { ROOT } from '../../guards/projectFile';
import { numbers, type BroadcastBody } from '../../support/client';
import { eventually } from '../../support/eventually';
import { createEmptyPostgres } from '../../support/postgresPool';
import { ENGINES, type TestDatabase } from '../../support/testDatabase';
import { API_KEY, AUTH_ID, AUTH_TOKEN } from '../../support/testService';
import { lacksVersionBefore, takeVersionBefore, type VersionBefore } from '../../support/versionBefore';

const HOOK = join(ROOT, 'test/support/typescriptHook.cjs');
const lacks = ENGINES.includes('postgres') ? lacksVersionBefore() : [];
const suite = ENGINES.includes('postgres') && lacks.length === 0 ? describe : describe.skip;

suite(titleOf('while instances are upgraded one after the other, on one PostgreSQL', lacks), () => {
  let folder: string;
  let before: VersionBefore;
  let database: TestDatabase;
  let simulator: Simulator;
  let old: Instance;
  let fresh: Instance;
  const instances: Instance[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'broadcaster-upgrade-'));
    before = takeVersionBefore();
    database = await createEmptyPostgres();
    simulator = await startSimulator({ authId: AUTH_ID, authToken: AUTH_TOKEN, settings: { deliveryDelayMs: 1 } });
    [old, fresh] = [await newInstance('old'), await newInstance('fresh')];
    await old.start(runs(before.server), settings(old.url));
  });
  afterAll(async () => {
    for (const instance of instances) await instance.kill();
    await simulator.stop();
    await database.drop();
    before.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const newInstance = async (name: string) => {
    const made = await createInstance({ folder, log: join(folder, `${name}.log`), onOwnEnd: () => undefined });
    instances.push(made);
    return made;
  };
  const runs = (server: string) => ({ file: '--require', args: [HOOK, server] });
  const settings = (url: string) => ({
    NODE_ENV: 'test',
    API_KEY,
    DATABASE_URL: database.url,
    PLIVO_AUTH_ID: AUTH_ID,
    PLIVO_AUTH_TOKEN: AUTH_TOKEN,
    PLIVO_SENDER_ID: '+14155550100',
    PLIVO_API_URL: simulator.url,
    PLIVO_BULK_MESSAGE_LIMIT: '5',
    PLIVO_BATCH_DELAY_MS: '100',
    PLIVO_CALL_SPACING_MS: '20',
    PLIVO_RETRY_BASE_MS: '20',
    PLIVO_RECONCILE_AFTER_MS: '50',
    PUBLIC_URL: url,
    RATE_LIMIT_MAX: '0',
  });
  const as = (call: request.Test) => call.set('x-api-key', API_KEY);
  const post = async ({ url }: Instance, body: object) =>
    ((await as(request(url).post('/broadcast')).send(body).expect(202)).body as BroadcastBody).id;
  const read = async ({ url }: Instance, id: string) =>
    (await as(request(url).get(`/broadcast/${id}`)).expect(200)).body as BroadcastBody;
  const callsOf = ({ url }: Instance) =>
    simulator.calls().filter(({ accepted, body }) => accepted > 0 && String(body['url']).startsWith(url));

  it('both send what either has accepted, to everybody once, and hear one another’s opt-outs', async () => {
    const [early, byOld, byFresh] = [numbers(300), numbers(100, 400), numbers(40, 600)];
    const [leftOld, leftFresh] = [byFresh[7]!, byOld[9]!];
    const ids = [await post(old, { message: 'Accepted before the upgrade.', recipients: early })];
    await eventually(() => callsOf(old).length > 2);
    // Whatever is left is sent when there are two versions.
    await as(request(old.url).post(`/broadcast/${ids[0]}/pause`)).expect(200);
    await fresh.start(runs(join(ROOT, 'src/server.ts')), settings(fresh.url));
    const callsOfOldAlone = callsOf(old).length;

    await as(request(old.url).put(`/opt-outs/${leftOld}`)).expect(201);
    await as(request(fresh.url).put(`/opt-outs/${leftFresh}`)).expect(201);
    ids.push(await post(old, { message: 'Accepted by the old one, beside the new.', recipients: byOld }));
    await eventually(() => callsOf(old).length > callsOfOldAlone);
    const named = byFresh.map((to, place) => ({ to, name: `Ann ${place}` }));
    ids.push(await post(fresh, { message: 'Hi {{name}}, accepted by the new one.', recipients: named }));
    await as(request(fresh.url).post(`/broadcast/${ids[0]}/resume`)).expect(200);
    await eventually(() => callsOf(fresh).length > 0);
    await old.stop();

    const isDone = ({ status, delivery }: BroadcastBody) => status === 'completed' && delivery['queued'] === 0;
    for (const id of ids) await eventually(async () => isDone(await read(fresh, id)));
    const texted = [...early, ...byOld, ...byFresh].filter((number) => number !== leftOld && number !== leftFresh);
    expect([...simulator.texts()].sort()).toEqual(texted.map((number) => [number.slice(1), 1]).sort());
    expect(simulator.textsOf(byFresh[3]!.slice(1))).toMatchObject([{ text: 'Hi Ann 3, accepted by the new one.' }]);

    const reading = openDatabaseToRead({ url: database.url });
    const faults: string[] = [];
    await verifyDatabase(reading, { onFault: (_, rule) => void faults.push(rule) });
    const standing = await schemaStanding(reading.db as never, reading.engine);
    await reading.close();
    expect(faults).toEqual([]);
    expect(standing).toMatchObject({ missing: 0, foreign: [] });
  });
});
