import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFile } from '../guards/projectFile';
import { API_KEY, startTestService, type TestService } from '../support/testService';
import { OTHER_SECRET, SECRET } from '../support/webhookReceiver';
import { languages, prepared, runProgram, titleOf } from './languages';
import { startStumblingWay } from './stumblingWay';

const TO = ['+14155550101', '+14155550102', '+14155550103'];
const MESSAGE = `Doors open at 9, "café" & 100 %.\nBring {both} tickets; 'no' $HOME \\ refunds.`;
const CLOSING = /^Broadcast ([\da-f-]{36}) completed: 3 delivered, 0 failed, 0 open$/;

describe.each(
  languages.map((language) => ({
    ...language,
    title: titleOf(language.name, language.lacks),
  })),
)('the examples in $title', (language) => {
  const itHere = language.lacks.length === 0 ? it : it.skip;
  let test: TestService;
  let folder: string;
  let send: readonly string[];
  let verifyWebhook: readonly string[];
  beforeAll(async () => {
    if (language.lacks.length > 0) return;
    folder = mkdtempSync(join(tmpdir(), 'examples-'));
    test = await startTestService();
    send = await prepared(language, 'send', folder);
    verifyWebhook = await prepared(language, 'verify-webhook', folder);
  });
  beforeEach(() => {
    if (language.lacks.length === 0) test.simulator.reset();
  });
  afterAll(async () => {
    if (language.lacks.length > 0) return;
    rmSync(folder, { recursive: true });
    await test.stop();
  });

  const sending = (env: Record<string, string> = {}, to = TO) =>
    runProgram(send, { args: [MESSAGE, ...to], env: { SMS_URL: test.url, SMS_KEY: API_KEY, ...env } });

  itHere(
    'text each person once and tell the end, also where a try is refused for now and an answer is lost',
    async () => {
      const way = await startStumblingWay(test.url);
      const { code, stdout, stderr } = await sending({ SMS_URL: `${way.url}/` });
      await way.close();
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout.trim().split('\n').at(-1)).toMatch(CLOSING);
      expect(way.tries.length).toBe(3);
      expect(new Set(way.tries.map((headers) => headers['idempotency-key'])).size).toBe(1);
      expect([...test.simulator.texts()].sort()).toEqual(TO.map((number) => [number.slice(1), 1]));
      expect(test.simulator.textsOf(TO[0]!).map(({ text }) => text)).toEqual([MESSAGE]);
    },
  );

  itHere('text nobody again who run it again under the same name, and show how the first broadcast ended', async () => {
    const first = await sending({ IDEMPOTENCY_KEY: `order-4711-${language.extension}` });
    const second = await sending({ IDEMPOTENCY_KEY: `order-4711-${language.extension}` });
    const ids = [first, second].map(({ stdout }) => CLOSING.exec(stdout.trim().split('\n').at(-1)!)?.[1]);
    expect(ids[0]).toBeDefined();
    expect(ids[1]).toBe(ids[0]);
    expect([...test.simulator.texts().values()]).toEqual([1, 1, 1]);
  });

  itHere('tell at once why nothing was sent', async () => {
    expect(await sending({ SMS_KEY: 'another-key-0123456789' })).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^The key may not do this: .+ \(HTTP 403\)\n$/),
    });
    expect(await sending({}, ['+1415'])).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^The request is not valid: .*too short.* \(HTTP 400\)\n$/),
    });
    expect(test.simulator.texts().size).toBe(0);
  });

  itHere('fail where the broadcast has failed', async () => {
    test.simulator.addFault({ kind: 'status', status: 400, times: 1 });
    const { code, stdout } = await sending();
    expect(stdout).toMatch(/^Broadcast [\da-f-]{36} failed: 0 delivered, 3 failed, 0 open\n$/m);
    expect(code).toBe(1);
  });

  describe('that check webhooks', () => {
    const BODY = JSON.stringify({
      type: 'broadcast.completed',
      timestamp: '2030-01-31T08:00:00.000Z',
      data: { n: 'é' },
    });
    const signed = (secret: string, { ageSeconds = 0, body = BODY } = {}) => {
      const at = Math.floor(Date.now() / 1000) - ageSeconds;
      const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
      const signature = createHmac('sha256', key).update(`id-1.${at}.${body}`).digest('base64');
      return { WEBHOOK_ID: 'id-1', WEBHOOK_TIMESTAMP: String(at), WEBHOOK_SIGNATURE: `v1,${signature}` };
    };
    const verdict = async (secret: string, headers: Record<string, string>, stdin = BODY) => {
      const { code, stdout } = await runProgram(verifyWebhook, { env: { WEBHOOK_SECRET: secret, ...headers }, stdin });
      return `${code} ${stdout.trim()}`;
    };
    const GENUINE = '0 genuine broadcast.completed';
    const FORGED = '1 forged';

    itHere('take what the service has signed, with either secret while it is being changed', async () => {
      const [ours, other] = [signed(SECRET), signed(OTHER_SECRET)];
      expect(await verdict(SECRET, ours)).toBe(GENUINE);
      expect(await verdict(`${OTHER_SECRET},${SECRET}`, ours)).toBe(GENUINE);
      const both = { ...ours, WEBHOOK_SIGNATURE: `v1a,AAAA ${other.WEBHOOK_SIGNATURE} ${ours.WEBHOOK_SIGNATURE}` };
      expect(await verdict(SECRET, both)).toBe(GENUINE);
      expect(await verdict(SECRET, signed(SECRET, { ageSeconds: 280 }))).toBe(GENUINE);
    });

    itHere('refuse what another has signed, what was altered, and what is not signed', async () => {
      expect(await verdict(SECRET, signed(OTHER_SECRET))).toBe(FORGED);
      expect(await verdict(SECRET, signed(SECRET), BODY.replace('completed', 'cancelled'))).toBe(FORGED);
      expect(await verdict(SECRET, signed(SECRET), `${BODY}\n`)).toBe(FORGED);
      expect(await verdict(SECRET, { ...signed(SECRET), WEBHOOK_ID: 'id-2' })).toBe(FORGED);
      expect(await verdict(SECRET, { ...signed(SECRET), WEBHOOK_SIGNATURE: '' })).toBe(FORGED);
      expect(await verdict(SECRET, {})).toBe(FORGED);
    });

    itHere('refuse what is too old, from the future, or of no time', async () => {
      expect(await verdict(SECRET, signed(SECRET, { ageSeconds: 310 }))).toBe(FORGED);
      expect(await verdict(SECRET, signed(SECRET, { ageSeconds: -330 }))).toBe(FORGED);
      for (const time of ['', '-1', '1e9', '99999999999999999999', 'now'])
        expect(await verdict(SECRET, { ...signed(SECRET), WEBHOOK_TIMESTAMP: time })).toBe(FORGED);
    });

    itHere('never take an empty secret, with which anybody could sign', async () => {
      for (const secret of ['', 'whsec_', ','])
        expect(await verdict(secret, signed('whsec_'))).toMatch(/^1\b(?!.*genuine)/);
    });
  });
});

describe('examples/README.md', () => {
  it('says how to run the examples in each language', () => {
    const readme = projectFile('examples/README.md');
    for (const { extension } of languages) {
      expect(readme).toContain(` examples/send.${extension} `);
      expect(readme).toContain(`](verify-webhook.${extension})`);
    }
  });
});
