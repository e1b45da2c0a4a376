import { randomBytes } from 'node:crypto';
import { get as getOverTls } from 'node:https';
import request from 'supertest';
import { freePort } from '../../src/cli/processes/freePort';
import { signatureHeaders } from '../../src/simulator/formats/signatures';
import { lackingOf, titleOf } from '../examples/languages';
import { startCaddy, validate, type Caddy } from '../support/caddy';
import { numbers } from '../support/client';
import { eventually } from '../support/eventually';
import { expectTextedOnce } from '../support/invariants';
import { ENGINES } from '../support/testDatabase';
import { API_KEY, AUTH_TOKEN, startTestService, type TestService } from '../support/testService';
import { INBOUND_PATH, textFields } from '../support/texts';

const lacks = lackingOf([['caddy', 'version']]);
const describeHere = lacks.length === 0 ? describe : describe.skip;

describeHere(titleOf('Caddy', lacks), () => {
  it('takes the file that is deployed', async () => {
    await expect(validate()).resolves.toBeDefined();
  });
});

describeHere.each(ENGINES)(titleOf('behind the real Caddy, on %s', lacks), (engine) => {
  let instances: TestService[];
  let caddy: Caddy;

  beforeAll(async () => {
    const port = await freePort();
    const env = { PUBLIC_URL: `https://localhost:${port}`, TRUST_PROXY: '1', PLIVO_BULK_MESSAGE_LIMIT: '5' };
    const first = await startTestService({ engine, env });
    // One process works on a SQLite file.
    instances = engine === 'postgres' ? [first, await startTestService({ env, beside: first })] : [first];
    caddy = await startCaddy(
      port,
      instances.map(({ url }) => url),
    );
    first.simulator.settings.callbackCa = caddy.ca;
  });
  afterAll(async () => {
    await caddy.stop();
    for (const instance of instances.reverse()) await instance.stop();
  });

  const ask = () => request.agent(caddy.url).ca(caddy.ca).set('x-api-key', API_KEY);
  const send = async (people: readonly string[]) => {
    const answer = await ask()
      .post('/broadcast')
      .set('Prefer', 'respond-async')
      .send({ recipients: people, message: 'Doors open at 9.' });
    expect(answer.status).toBe(202);
    return answer.body as { id: string };
  };
  const status = async (id: string) =>
    (await ask().get(`/broadcast/${id}`)).body as { status: string; delivery: Record<string, number> };

  it('a broadcast goes out once, and its signed reports are believed', async () => {
    const people = numbers(30);
    const { id } = await send(people);
    await eventually(async () => (await status(id)).delivery['delivered'] === people.length);
    expectTextedOnce(instances[0]!, people);
  });

  it('a signed STOP is heard, and one that was signed for another address is not', async () => {
    const [stops, pretends] = numbers(2, 100) as [string, string];
    const post = async (from: string, signedFor: string) => {
      const fields = textFields(from, 'STOP');
      const nonce = randomBytes(8).toString('hex');
      const url = signedFor + INBOUND_PATH;
      const headers = signatureHeaders({ method: 'POST', url, fields, nonce, authToken: AUTH_TOKEN }, 'both');
      return (await ask().post(INBOUND_PATH).type('form').set(headers).send(new URLSearchParams(fields).toString()))
        .status;
    };
    expect(await post(stops, caddy.url)).toBe(200);
    expect(await post(pretends, instances[0]!.url)).toBe(403);
    expect((await ask().get(`/opt-outs/${stops}`)).status).toBe(200);
    expect((await ask().get(`/opt-outs/${pretends}`)).status).toBe(404);
  });

  it('events come as they happen, not when the stream ends', async () => {
    let id: string | null = null;
    const said = await new Promise<string>((resolve, reject) => {
      const headers = { 'x-api-key': API_KEY };
      const asking = getOverTls(`${caddy.url}/events`, { ca: caddy.ca, headers }, (answer) => {
        let text = '';
        const look = () => {
          if (id === null || !text.includes(id)) return;
          resolve(text);
          asking.destroy();
        };
        // Only what happens while one listens is told.
        send(numbers(20, 200)).then((sent) => {
          id = sent.id;
          look();
        }, reject);
        answer.on('data', (part) => {
          text += String(part);
          look();
        });
        answer.on('end', () => reject(new Error('The stream ended.')));
      });
      asking.on('error', reject);
    });
    expect(said).toContain('event: progress');
    await eventually(async () => (await status(id!)).status === 'completed');
  });

  it('whoever asks is known by the address that Caddy saw, whatever they claim', async () => {
    const claimed = { 'X-Forwarded-For': '203.0.113.9' };
    expect(
      (
        await ask()
          .put(`/opt-outs/${numbers(1, 300)[0]}`)
          .set(claimed)
      ).status,
    ).toBe(201);
    const { body } = await ask().get('/audit?limit=1');
    expect(body).toMatchObject({ data: [{ address: expect.stringMatching(/127\.0\.0\.1|::1/) }] });
  });
});
