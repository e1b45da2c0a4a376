import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodeOf } from '../../src/cli/sms/exitCode';
import { explained } from '../../src/cli/sms/explained';
import type { SmsOptions } from '../../src/cli/sms/options';
import { runSms } from '../../src/cli/sms/runSms';
import { createBroadcaster, ProblemError } from '../../src/client/index';
import type { ProblemCode } from '../../src/client/types';
import { ROOT } from '../guards/projectFile';
import { numbers, reportedAndOver } from '../support/client';
import { searchPath } from '../support/environment';
import { API_KEY, startTestService, type TestService } from '../support/testService';

describe('npm run sms', () => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService();
  });
  afterAll(() => test.stop());

  type Called = { readonly code: number; readonly printed: string; readonly complained: string };

  /** As a person at a terminal calls it, or a program with a pipe. */
  async function call(
    words: string,
    options: SmsOptions = {},
    { isForPeople = true, key = API_KEY } = {},
  ): Promise<Called> {
    let printed = '';
    const output = { isForPeople, columns: 80, write: (text: string) => (printed += text) };
    const sms = createBroadcaster({ url: test.url, key, patience: { tries: 1 } });
    try {
      const code = await runSms({ words: words.split(' '), options }, sms, output);
      return { code, printed, complained: '' };
    } catch (error) {
      return { code: exitCodeOf(error), printed, complained: explained(error, 'HELP', key) };
    }
  }
  const asProgram = (words: string, options: SmsOptions = {}) => call(words, options, { isForPeople: false });
  const idOf = ({ printed }: Called): string => (JSON.parse(printed) as { id: string }).id;

  it('sends nothing without --yes, and says what to say to send exactly what it showed', async () => {
    const wish = { message: 'Doors open at 9.', to: numbers(3) };
    const { code, printed } = await call('send', wish);
    expect(code).toBe(0);
    expect(printed).toMatch(/people +3\n/);
    expect(test.simulator.texts().size).toBe(0);
    const digest = /--yes (\S+)$/m.exec(printed)?.[1] ?? '';
    expect(await call(`send ${digest}`, { ...wish, to: numbers(4), yes: true })).toMatchObject({
      code: 6,
      complained: expect.stringContaining('preview_outdated'),
    });
    expect(test.simulator.texts().size).toBe(0);
    const sent = await call(`send ${digest}`, { ...wish, yes: true, follow: true });
    expect(sent.code).toBe(0);
    expect(sent.printed).toContain('██████████████████████████████ 3/3  completed  calls 1/1');
    expect(test.simulator.texts().size).toBe(3);
  });

  it('shows whom Plivo has taken as through, also where no report comes', async () => {
    const reported = test;
    test = await startTestService({ env: { PUBLIC_URL: '' } });
    try {
      const wish = { message: 'Doors open at 9.', to: numbers(4) };
      const digest = /--yes (\S+)$/m.exec((await call('send', wish)).printed)?.[1] ?? '';
      const { printed } = await call(`send ${digest}`, { ...wish, yes: true, follow: true });
      expect(printed).toContain('██████████████████████████████ 4/4  completed  calls 1/1  delivered 0');
    } finally {
      await test.stop();
      test = reported;
    }
  });

  it('takes people from a file, and tells a program in JSON what became of each', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sms-'));
    const file = join(folder, 'people.csv');
    writeFileSync(file, 'phone,name\n+14155559001,Ann\n+14155559002,\n');
    const sent = await asProgram('send', { message: 'Hi {{name|there}}!', file, yes: true });
    rmSync(folder, { recursive: true });
    await reportedAndOver(test, idOf(sent), 2);
    const { printed } = await asProgram(`recipients ${idOf(sent)}`, { status: 'delivered' });
    const people = printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { recipient: string; text: string });
    expect(people.map(({ recipient, text }) => [recipient, text])).toEqual([
      ['+14155559001', 'Hi Ann!'],
      ['+14155559002', 'Hi there!'],
    ]);
    expect((await call(`recipients ${idOf(sent)}`)).printed).toMatch(/^NUMBER +STATUS[^]*\+14155559001 +delivered/);
  });

  it('pauses, resumes and cancels what is to go later, and tells how it stands', async () => {
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const id = idOf(await asProgram('send', { message: 'Later', to: numbers(1, 50), 'send-at': sendAt, yes: true }));
    expect((await call(`pause ${id}`)).printed).toMatch(/status +paused/);
    expect((await call(`resume ${id}`)).printed).toMatch(/status +scheduled/);
    expect((await call(`cancel ${id}`)).printed).toMatch(/status +cancelled/);
    expect(await call(`follow ${id}`)).toMatchObject({ code: 9, printed: expect.stringContaining('cancelled') });
    expect(await call(`pause ${id}`)).toMatchObject({ code: 6, complained: expect.stringContaining('HTTP 409') });
  });

  it('sends once more to those who failed, after a look', async () => {
    test.simulator.settings.undeliveredShare = 1;
    const id = idOf(await asProgram('send', { message: 'Once more', to: numbers(2, 70), yes: true }));
    await test.simulator.idle();
    test.simulator.settings.undeliveredShare = 0;
    const [, digest] = /--yes ([\w-]+)/.exec((await call(`retry ${id}`)).printed) ?? [];
    const other = '0'.repeat(digest!.length);
    expect(await call(`retry ${id} ${other}`, { yes: true })).toMatchObject({
      code: 6,
      complained: expect.stringContaining('HTTP 412'),
    });
    expect(await call(`retry ${id} ${digest}`)).toMatchObject({ code: 2 });
    const sent = await asProgram(`retry ${id} ${digest}`, { yes: true });
    expect(JSON.parse(sent.printed)).toMatchObject({ retryOf: id, recipients: { accepted: 2 } });
  });

  it('sends once more without a look where only --yes is said', async () => {
    test.simulator.settings.undeliveredShare = 1;
    const id = idOf(await asProgram('send', { message: 'Unseen', to: numbers(2, 80), yes: true }));
    await test.simulator.idle();
    test.simulator.settings.undeliveredShare = 0;
    expect(JSON.parse((await asProgram(`retry ${id}`, { yes: true })).printed)).toMatchObject({ retryOf: id });
  });

  it('opts people out and in again, and lists who is', async () => {
    expect((await call('opt-outs add +14155550177', { note: 'asked by phone' })).code).toBe(0);
    expect((await call('opt-outs')).printed).toMatch(/^NUMBER +BY +SINCE\n\+14155550177 +api/);
    expect((await call('opt-outs remove +14155550177')).code).toBe(0);
    expect(await call('opt-outs remove +14155550177')).toMatchObject({ code: 5 });
  });

  it('tells by its exit code what kind of error it was, and never shows the key', async () => {
    expect(await call('send', { message: 'Hi', yes: true })).toMatchObject({ code: 2 });
    expect(await call('sent', {})).toMatchObject({ code: 2, complained: expect.stringContaining('HELP') });
    const faulty = await call('send', { message: 'Hi', to: ['+1415'], yes: true });
    expect(faulty).toMatchObject({ code: 3, complained: expect.stringContaining('recipients[0]: ') });
    const stranger = await call('opt-outs', {}, { key: 'another-key-0123456789' });
    expect(stranger.code).toBe(4);
    expect(explained(new Error('got another-key-0123456789'), '', 'another-key-0123456789')).toBe('got [key]');
    expect((await call('follow 00000000-0000-4000-8000-000000000000')).code).toBe(5);
  });

  it('says that nobody answers, after all tries', async () => {
    const sms = createBroadcaster({ url: 'http://127.0.0.1:9', key: API_KEY, patience: { tries: 2, firstMs: 1 } });
    const output = { isForPeople: true, columns: 80, write: () => undefined };
    const error = await runSms({ words: ['opt-outs'], options: {} }, sms, output).catch((thrown: unknown) => thrown);
    expect(exitCodeOf(error)).toBe(8);
    expect(explained(error, '', API_KEY)).toContain('GET /opt-outs: ');
    const options = { message: 'Hi', to: numbers(1, 60), yes: true };
    const lost = await runSms({ words: ['send'], options }, sms, output).catch((thrown: unknown) => thrown);
    expect(explained(lost, '', API_KEY)).toMatch(/sends to nobody twice:\n {2}--idempotency-key [0-9a-f]{32}$/);
  });
});

describe('the process that npm run sms starts', () => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService();
  });
  afterAll(() => test.stop());

  /** In a pipe, and with a reader that leaves after the first line where `head` is said. */
  async function run(args: readonly string[], { key = API_KEY, head = false } = {}) {
    const hook = join(ROOT, 'test/support/typescriptHook.cjs');
    const command = [process.execPath, '--require', hook, join(ROOT, 'src/cli/sms.ts'), ...args];
    const env = { PATH: searchPath(), SMS_URL: test.url, SMS_KEY: key };
    const line = `${command.map((word) => `'${word}'`).join(' ')}${head ? '; echo "code $?" >&2) | head -1' : ''}`;
    const child = spawn('sh', ['-c', head ? `(${line}` : line], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const wrote = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (wrote.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (wrote.err += text));
    const [code] = (await once(child, 'close')) as [number];
    return { code, ...wrote };
  }

  it('answers a pipe in JSON, complains on the other channel, and ends with the code of what happened', async () => {
    const wish = ['--message', 'Doors open at 9.', '--to', numbers(1)[0]!];
    const shown = await run(['preview', ...wish]);
    expect(shown).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(shown.out)).toMatchObject({ recipients: { accepted: 1 } });
    expect(await run(['preview', ...wish], { key: 'wrong-key-77' })).toMatchObject({
      code: 4,
      out: '',
      err: expect.not.stringContaining('wrong-key-77'),
    });
    test.simulator.addFault({ kind: 'status', status: 402 });
    expect(await run(['send', '--yes', ...wish])).toMatchObject({ code: 7, out: '', err: expect.stringMatching(/./) });
    expect(test.simulator.texts().size).toBe(0);
    expect(await run(['recipients'])).toMatchObject({ code: 2 });
  });

  it('ends well where its reader has seen enough', async () => {
    const people = Array.from({ length: 3000 }, (_, index) => ({ to: `+1415${5_550_000 + index}` }));
    await createBroadcaster({ url: test.url, key: API_KEY }).lists.replace('many', people);
    const { id } = await createBroadcaster({ url: test.url, key: API_KEY }).send({ message: 'Hi', lists: ['many'] });
    const { out, err } = await run(['recipients', id], { head: true });
    expect(out.split('\n')).toHaveLength(2);
    expect(err).toBe('code 0\n');
  });
});

const problemError = (status: number, code: ProblemCode): ProblemError =>
  new ProblemError({ status, type: `/docs/problems/${code}` }, null);

describe('the code that the command ends with', () => {
  it.each([
    [new Error('something else'), 1],
    [problemError(500, 'internal_error'), 1],
    [problemError(400, 'invalid_request'), 3],
    [problemError(402, 'plivo_no_credit'), 7],
    [problemError(409, 'insufficient_balance'), 7],
    [problemError(429, 'rate_limited'), 8],
  ])('%s: %s', (error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });
});
