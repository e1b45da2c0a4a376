import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import request from 'supertest';
import { freePort } from '../../src/cli/processes/freePort';
import { signatureHeaders } from '../../src/simulator/formats/signatures';
import { startSimulator, type Simulator } from '../../src/simulator/simulator';
import { ROOT } from '../guards/projectFile';
import { searchPath } from '../support/environment';
import { eventually } from '../support/eventually';
import { createTestDatabase, type TestDatabase } from '../support/testDatabase';
import { SECRET, startWebhookReceiver, type WebhookReceiver } from '../support/webhookReceiver';

const HOOK = join(ROOT, 'test/support/typescriptHook.cjs');

/** Whoever finds one of these in the output knows where it came from. */
const CANARIES = {
  key: 'canarykey-0001',
  authToken: 'canaryauthtoken-0002',
  inboundToken: 'canaryinboundtoken-0003',
  metricsToken: 'canarymetricstoken-0004',
  wrongKey: 'canarywrongkey-0005',
  idempotencyKey: 'canaryidempotency-0006',
  text: 'canarytext seven',
  template: 'canarytemplate eight',
  value: 'canaryvalue-nine',
  name: 'canaryname ten',
  topic: 'canarytopic-eleven',
  list: 'canarylist-twelve',
  note: 'canarynote thirteen',
  reply: 'canaryreply fourteen',
  secretInUrl: 'canaryurl-fifteen',
  cell: 'canarycell-sixteen',
  claimed: 'canaryclaimed-eighteen',
} as const;
const PEOPLE = ['+14155557001', '+14155557002', '+14155557003', '+447700900777'];
const WORDS: readonly string[] = [...Object.values(CANARIES), SECRET, ...PEOPLE.map((number) => number.slice(1))];

describe('what the process writes, at its most talkative', () => {
  let simulator: Simulator;
  let database: TestDatabase;
  let receiver: WebhookReceiver;
  let url: string;
  let output = '';
  let child: ReturnType<typeof spawn>;

  beforeAll(async () => {
    simulator = await startSimulator({ authId: 'MACANARYACCOUNT00000', authToken: CANARIES.authToken });
    simulator.settings.deliveryDelayMs = 1;
    receiver = await startWebhookReceiver();
    database = await createTestDatabase('sqlite');
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    child = spawn(process.execPath, ['--require', HOOK, join(ROOT, 'src/server.ts')], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: searchPath(),
        LOG_LEVEL: 'debug',
        HOST: '127.0.0.1',
        PORT: String(port),
        DATABASE_URL: database.url,
        API_KEY: CANARIES.key,
        METRICS_TOKEN: CANARIES.metricsToken,
        INBOUND_TOKEN: CANARIES.inboundToken,
        PLIVO_AUTH_ID: 'MACANARYACCOUNT00000',
        PLIVO_AUTH_TOKEN: CANARIES.authToken,
        PLIVO_SENDER_ID: '+14155550100',
        PLIVO_API_URL: simulator.url,
        PLIVO_BATCH_DELAY_MS: '0',
        PLIVO_RETRY_BASE_MS: '1',
        PLIVO_TIMEOUT_MS: '1000',
        PLIVO_RECONCILE_AFTER_MS: '50',
        PUBLIC_URL: url,
        WEBHOOK_URL: `${receiver.url}?token=${CANARIES.secretInUrl}`,
        WEBHOOK_SECRET: SECRET,
        WEBHOOK_ALLOW_PRIVATE: 'true',
        WEBHOOK_EVENTS: 'all',
        MAX_SEGMENTS_PER_BROADCAST: '100',
      },
    });
    for (const stream of [child.stdout!, child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    await eventually(() => {
      if (child.exitCode !== null) throw new Error(output);
      return output.includes('Listening');
    });
  });
  afterAll(async () => {
    if (child.exitCode === null) child.kill('SIGKILL');
    await simulator.stop();
    await receiver.stop();
    await database.drop();
  });

  const as = (call: request.Test) => call.set('x-api-key', CANARIES.key);
  const post = (path: string, body: object | string = {}, type = 'application/json') =>
    as(request(url).post(path)).type(type).send(body);

  async function write(text: string, from = PEOPLE[2]!): Promise<number> {
    const path = `/webhooks/plivo/inbound/${CANARIES.inboundToken}`;
    const fields = { From: from.slice(1), To: '14155550100', Text: text, MessageUUID: randomBytes(16).toString('hex') };
    const nonce = randomBytes(8).toString('hex');
    const headers = signatureHeaders(
      { method: 'POST', url: url + path, fields, nonce, authToken: CANARIES.authToken },
      'both',
    );
    const body = new URLSearchParams(fields).toString();
    return (await request(url).post(path).type('form').set(headers).send(body)).status;
  }

  it('has no number, text, name, value, key or token in it, whatever goes well or wrong', async () => {
    const recipients = [
      { to: PEOPLE[0], name: CANARIES.value },
      { to: PEOPLE[1], name: CANARIES.value },
    ];
    const wish = { message: `${CANARIES.text} {{name}}`, recipients, name: CANARIES.name, topic: CANARIES.topic };

    // Well.
    await as(request(url).put('/templates/doors')).send({ message: CANARIES.template }).expect(201);
    await as(request(url).put(`/lists/${CANARIES.list}`))
      .send({ recipients })
      .expect(201);
    const sent = await post('/broadcast', { ...wish, callbackUrl: `${receiver.url}?t=${CANARIES.secretInUrl}` })
      .set('Idempotency-Key', CANARIES.idempotencyKey)
      .expect(202);
    await post('/broadcast', { template: 'doors', lists: [CANARIES.list] }).expect(202);
    await post(`/broadcast?message=${CANARIES.text}`, `phone\n${PEOPLE[3]}\n`, 'text/csv').expect(202);
    await as(request(url).put(`/opt-outs/${PEOPLE[2]}`))
      .send({ note: CANARIES.note })
      .expect(201);
    const { body: key } = await post('/keys', { name: CANARIES.name, scopes: ['send'] }).expect(201);
    expect(await write('STOP')).toBe(200);
    expect(await write(`${CANARIES.reply}, please no more`, PEOPLE[3])).toBe(200);
    await as(request(url).get(`/recipients/${PEOPLE[0]}`)).expect(200);
    await as(request(url).get(`/lists/${CANARIES.list}/recipients`)).expect(200);
    await request(url).get('/metrics').set('authorization', `Bearer ${CANARIES.metricsToken}`).expect(200);
    await receiver.when('broadcast.completed', ({ id }) => id === sent.body.id);

    // Wrong, by the caller.
    for (const faulty of [
      { ...wish, recipients: [CANARIES.cell, PEOPLE[0]] },
      { ...wish, unknown: CANARIES.text },
      { ...wish, message: '' },
      { ...wish, message: CANARIES.text.repeat(600) },
      { ...wish, sender: CANARIES.name },
      `{"message":"${CANARIES.text}","recipients":["${PEOPLE[0]}"`,
    ])
      expect((await post('/broadcast', faulty)).status).toBe(400);
    expect((await post('/broadcast', `phone\n${CANARIES.cell}\n`, 'text/csv')).status).toBe(400);
    expect((await request(url).get('/broadcast').set('x-api-key', CANARIES.wrongKey)).status).toBe(403);
    expect(
      (await request(url).get(`/broadcast?x=${CANARIES.wrongKey}`).set('x-api-key', CANARIES.wrongKey)).status,
    ).toBe(403);
    expect((await as(request(url).get(`/recipients/${CANARIES.cell}`))).status).toBe(400);
    expect((await as(request(url).get(`/lists/${CANARIES.claimed}`))).status).toBe(404);
    expect((await post('/broadcast', wish).set('If-Match', `"${CANARIES.claimed}"`)).status).toBe(412);
    const forged = await request(url)
      .post(`/webhooks/plivo/inbound/${CANARIES.claimed}`)
      .type('form')
      .send(`From=${PEOPLE[0]!.slice(1)}&Text=${CANARIES.reply}`);
    expect(forged.status).toBe(403);

    // Wrong, by Plivo, which says the text that it was given, and by others.
    const told = `${CANARIES.text} ${CANARIES.value}`;
    receiver.answer = 500;
    for (const fault of [
      { kind: 'status', status: 400, error: `"${told}" to ${PEOPLE[0]} is refused` },
      { kind: 'status', status: 500, error: told },
      { kind: 'html', status: 502 },
      { kind: 'reset' },
      { kind: 'truncated' },
    ] as const) {
      simulator.addFault(fault);
      await post('/broadcast', { ...wish, topic: null, name: CANARIES.name }).set('Prefer', 'wait=2');
    }
    simulator.addFault({ kind: 'status', status: 401, error: 'not authorized', times: 2 });
    await post('/broadcast', { ...wish, topic: null });
    await eventually(() => receiver.refused.length > 0);
    await as(request(url).delete(`/keys/${String(key.id)}`)).expect(204);

    child.kill('SIGTERM');
    await once(child, 'close');
    for (const line of ['Plivo took a batch', 'A text came in', 'status=403', 'status=412'])
      expect(output).toContain(line);
    const written = (word: string) => [word, encodeURIComponent(word), word.replaceAll(' ', '+')];
    expect([...WORDS, String(key.key)].flatMap(written).filter((word) => output.includes(word))).toEqual([]);
  });
});
