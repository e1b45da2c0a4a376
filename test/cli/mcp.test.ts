import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { createMcpServer } from '../../src/cli/mcp/mcpServer';
import { watchReplay } from '../../src/cli/mcp/replay';
import { createBroadcaster } from '../../src/client/index';
import { ROOT, projectFile } from '../guards/projectFile';
import { numbers, postBroadcast, reportedAndOver } from '../support/client';
import { eventually } from '../support/eventually';
import { API_KEY, INBOUND_TOKEN, startTestService, type TestService } from '../support/testService';

type Answered = { readonly isError: boolean; readonly said: string; readonly data: Record<string, unknown> };

/** An agent, with the tools of the server. */
async function connectAgent(url: string, key: string) {
  const notes: string[] = [];
  const server = createMcpServer({ address: { url, key }, note: (line) => notes.push(line) });
  const client = new Client({ name: 'agent', version: '1' });
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await server.connect(theirs);
  await client.connect(ours);
  return {
    notes,
    client,
    async call(name: string, input: object = {}): Promise<Answered> {
      const result = await client.callTool({ name, arguments: { ...input } });
      const said = (result.content as { text: string }[]).map(({ text }) => text).join('\n');
      return {
        isError: result.isError === true,
        said,
        data: (result.structuredContent ?? {}) as Record<string, unknown>,
      };
    },
    close: () => client.close(),
  };
}

type Agent = Awaited<ReturnType<typeof connectAgent>>;

const LATER = () => new Date(Date.now() + 3_600_000).toISOString();
const A_DIGEST = 'A'.repeat(43);

describe('an agent with npm run mcp', () => {
  let test: TestService;
  let agent: Agent;
  beforeAll(async () => {
    test = await startTestService();
    agent = await connectAgent(test.url, API_KEY);
  });
  afterAll(async () => {
    await agent.close();
    await test.stop();
  });

  const timesTexted = (people: readonly string[]) =>
    people.map((number) => test.simulator.texts().get(number.slice(1)) ?? 0);
  const digestOf = async (wish: object) => (await agent.call('preview_broadcast', wish)).data['digest'] as string;
  async function send(wish: object): Promise<Answered> {
    return await agent.call('send_broadcast', { ...wish, digest: await digestOf(wish) });
  }

  it('is told of each tool what it does, and whether it only looks or cannot be undone', async () => {
    const { tools } = await agent.client.listTools();
    const named = (hint: (tool: (typeof tools)[number]) => boolean | undefined) =>
      tools.filter((tool) => hint(tool) === true).map(({ name }) => name);
    expect(named(({ annotations }) => annotations?.readOnlyHint)).toEqual([
      'list_broadcasts',
      'get_broadcast',
      'get_account',
      'list_recipients',
      'list_batches',
      'list_saved_lists',
      'check_opt_out',
      'preview_broadcast',
    ]);
    expect(named(({ annotations }) => annotations?.destructiveHint)).toEqual([
      'send_broadcast',
      'resume_broadcast',
      'cancel_broadcast',
    ]);
    expect(named(({ annotations }) => annotations?.readOnlyHint === false)).toHaveLength(4);
    for (const { title, description } of tools) {
      expect(title).toMatch(/\w/);
      expect(description?.length).toBeGreaterThan(20);
    }
    expect(agent.client.getInstructions()).toContain('Never send what they have not seen.');
  });

  it('cannot send with any tool that does not need the digest of a preview', async () => {
    const { tools } = await agent.client.listTools();
    const senders = tools.filter(({ inputSchema }) => 'message' in (inputSchema.properties ?? {}));
    expect(senders.map(({ name, inputSchema }) => [name, inputSchema.required])).toEqual([
      ['preview_broadcast', ['message']],
      ['send_broadcast', expect.arrayContaining(['message', 'digest'])],
    ]);
  });

  it('sees in plain words what would be sent, to how many, and who is left out; nobody is texted', async () => {
    const people = numbers(3);
    await createBroadcaster({ url: test.url, key: API_KEY }).optOuts.add(people[2]!);
    const wish = {
      message: 'Doors open at 9.',
      recipients: [...people, people[0]!, '+1415'],
      invalidRecipients: 'skip',
    };
    const { said, data, isError } = await agent.call('preview_broadcast', wish);
    expect(isError).toBe(false);
    expect(said).toContain('Nothing was sent. This would text 2 people.');
    expect(said).toContain('Text: Doors open at 9.');
    expect(said).toContain('2 segments in all (GSM-7).');
    expect(said).toContain('It would go at once.');
    expect(said).toContain('1 person left out: opted out.');
    expect(said).toContain('Named more than once, and texted once: 1.');
    expect(said).toMatch(/Not valid: 1\.\n- \+1415: \w/);
    expect(said).toContain(`Digest: ${String(data['digest'])}`);
    expect(data).toMatchObject({ people: 2, optedOut: 1, duplicates: 1, invalid: 1, segments: 2 });
    expect(timesTexted(people)).toEqual([0, 0, 0]);
  });

  it('sends what it previewed, to each person once, and follows what becomes of them', async () => {
    const people = numbers(3, 10);
    const { isError, data } = await send({ message: 'Hi {{name|there}}!', recipients: namedPeople(people) });
    expect(isError).toBe(false);
    expect(data).toMatchObject({ alreadySent: false, people: { accepted: 3 } });
    await reportedAndOver(test, data['id'] as string, 3);
    expect(timesTexted(people)).toEqual([1, 1, 1]);
    expect((await agent.call('get_broadcast', { id: data['id'] })).said).toContain('People: 3 delivered');
  });

  it('texts nobody twice, however often it calls to send the same', async () => {
    const wish = { message: 'Only once.', recipients: numbers(2, 20) };
    const digest = await digestOf(wish);
    const first = await agent.call('send_broadcast', { ...wish, digest });
    const [second, third] = await Promise.all([
      agent.call('send_broadcast', { ...wish, digest }),
      agent.call('send_broadcast', { ...wish, digest }),
    ]);
    for (const { data, said } of [second, third]) {
      expect(data).toMatchObject({ alreadySent: true, id: first.data['id'] });
      expect(said).toContain('nobody is texted twice');
    }
    // In other words, but with the same digest: the same people and the same text.
    const reworded = await agent.call('send_broadcast', { ...wish, name: 'once more', digest });
    expect(reworded.isError).toBe(true);
    expect(reworded.said).toContain('Something with this digest was sent before');
    await reportedAndOver(test, first.data['id'] as string, 2);
    expect(timesTexted(wish.recipients)).toEqual([1, 1]);
  });

  it('texts nobody twice where it calls several times at the same moment', async () => {
    const wish = { message: 'At once.', recipients: numbers(2, 25) };
    const digest = await digestOf(wish);
    const calls = await Promise.all([1, 2, 3].map(() => agent.call('send_broadcast', { ...wish, digest })));
    const ids = new Set(calls.flatMap(({ isError, data }) => (isError ? [] : [data['id'] as string])));
    expect(ids.size).toBe(1);
    await reportedAndOver(test, [...ids][0]!, 2);
    expect(timesTexted(wish.recipients)).toEqual([1, 1]);
  });

  it('sends the same once more only where it says so', async () => {
    const wish = { message: 'Drink some water.', recipients: numbers(1, 30) };
    const { data } = await send(wish);
    await reportedAndOver(test, data['id'] as string, 1);
    const digest = await digestOf(wish);
    const again = await agent.call('send_broadcast', { ...wish, digest, again: 'reminder-2' });
    expect(again.data).toMatchObject({ alreadySent: false });
    await reportedAndOver(test, again.data['id'] as string, 1);
    expect(timesTexted(wish.recipients)).toEqual([2]);
  });

  it.each([
    ['without a digest', {}],
    ['with something that is no digest', { digest: '*' }],
  ])('sends nothing %s, and is told to preview first', async (_how, more) => {
    const people = numbers(2, 40);
    const { isError, said } = await agent.call('send_broadcast', { message: 'Hi', recipients: people, ...more });
    expect(isError).toBe(true);
    expect(said).toContain('Nothing was sent. Call preview_broadcast first');
    expect(timesTexted(people)).toEqual([0, 0]);
  });

  it.each([
    ['a digest that it made up', { digest: A_DIGEST }],
    ['another text than it previewed', { message: 'Hello' }],
    ['other people than it previewed', { recipients: numbers(3, 50) }],
    ['another time than it previewed', { sendAt: LATER() }],
  ])('sends nothing with %s, and is told what to do', async (_what, more) => {
    const wish = { message: 'Hi', recipients: numbers(2, 50) };
    const { isError, said } = await agent.call('send_broadcast', { ...wish, digest: await digestOf(wish), ...more });
    expect(isError).toBe(true);
    expect(said).toContain('Something changed since the preview');
    expect(said).toContain('What to do: Call preview_broadcast');
    expect(timesTexted(numbers(3, 50))).toEqual([0, 0, 0]);
  });

  it('sends nothing once a saved list has changed since the preview', async () => {
    const { lists } = createBroadcaster({ url: test.url, key: API_KEY });
    await lists.replace('guests', numbers(2, 60));
    expect((await agent.call('list_saved_lists')).said).toBe('guests  2 people');
    const wish = { message: 'See you tonight.', lists: ['guests'] };
    const digest = await digestOf(wish);
    await lists.add('guests', numbers(1, 62));
    expect((await agent.call('send_broadcast', { ...wish, digest })).said).toContain('Something changed');
    expect(timesTexted(numbers(3, 60))).toEqual([0, 0, 0]);
    const { data } = await send(wish);
    await reportedAndOver(test, data['id'] as string, 3);
    expect(timesTexted(numbers(3, 60))).toEqual([1, 1, 1]);
  });

  it('is stopped by a misspelled field, which would otherwise mean something else', async () => {
    const wish = { message: 'Hi', recipients: numbers(1), sendat: LATER() };
    const { isError, said } = await agent.call('preview_broadcast', wish);
    expect(isError).toBe(true);
    expect(said).toContain('sendat');
  });

  it('gives at most 10,000 numbers itself, and is told to save more as a list', async () => {
    const { isError, said } = await agent.call('preview_broadcast', { message: 'Hi', recipients: numbers(10_001) });
    expect(isError).toBe(true);
    expect(said).toContain('save more people as a list');
  });

  it('is told which numbers are wrong, and how to leave them out', async () => {
    const { isError, said } = await agent.call('preview_broadcast', { message: 'Hi', recipients: ['+1415', 'Ann'] });
    expect([isError, said]).toEqual([false, expect.stringContaining('- Ann: ')]);
    const sent = await send({ message: 'Hi', recipients: ['+1415', ...numbers(1)] });
    expect(sent.isError).toBe(true);
    expect(sent.said).toMatch(/^The request is not valid\n[^]*- recipients\[0\]: [^]*invalidRecipients: "skip"/);
  });

  it('pauses, resumes and cancels, and is told where that is not possible', async () => {
    const { data } = await send({ message: 'Later', recipients: numbers(1, 70), sendAt: LATER() });
    const id = data['id'];
    expect((await agent.call('pause_broadcast', { id })).data['status']).toBe('paused');
    expect((await agent.call('resume_broadcast', { id })).data['status']).toBe('scheduled');
    expect((await agent.call('cancel_broadcast', { id })).data['status']).toBe('cancelled');
    const late = await agent.call('pause_broadcast', { id });
    expect(late.isError).toBe(true);
    expect(late.said).toContain('What to do: Look with get_broadcast');
    expect(timesTexted(numbers(1, 70))).toEqual([0]);
  });

  it('reads what was sent, to whom and by which calls, with numbers masked unless it asks for them', async () => {
    const people = numbers(3, 80);
    const { body } = await postBroadcast(test, { message: 'Read me', recipients: people, name: 'March' }).expect(202);
    const { id } = body as { id: string };
    await reportedAndOver(test, id, 3);
    expect((await agent.call('list_broadcasts', { limit: 1 })).said).toMatch(
      new RegExp(`^${id} .* completed  3 people  March\n… and others.$`),
    );
    const masked = await agent.call('list_recipients', { id, limit: 2 });
    expect(masked.said).toBe('•••0080  delivered\n•••0081  delivered\n… and others.');
    expect(JSON.stringify(masked.data)).not.toContain('+1415');
    const shown = await agent.call('list_recipients', { id, status: 'delivered', showNumbers: true });
    expect(shown.data).toMatchObject({ more: false, recipients: people.map((recipient) => ({ recipient })) });
    expect((await agent.call('list_recipients', { id, status: 'failed' })).said).toBe('Nobody.');
    expect((await agent.call('list_batches', { id })).said).toBe('1  3 people  sent');
  });

  it('reads the account and who has opted out, but not the secret part of the inbound address', async () => {
    const account = await agent.call('get_account');
    expect(account.said).toMatch(/^Balance: [\d.]+ USD\n/);
    expect(JSON.stringify(account)).not.toContain(INBOUND_TOKEN);
    const number = numbers(1, 90)[0]!;
    expect((await agent.call('check_opt_out', { number })).data).toMatchObject({ optedOut: false });
    await createBroadcaster({ url: test.url, key: API_KEY }).optOuts.add(number);
    expect((await agent.call('check_opt_out', { number })).data).toMatchObject({ optedOut: true, by: 'api' });
  });

  it('is told who can help where the key is wrong, and never sees the key', async () => {
    const stranger = await connectAgent(test.url, 'another-key-0123456789');
    const { isError, said } = await stranger.call('list_broadcasts');
    await stranger.close();
    expect(isError).toBe(true);
    expect(said).toMatch(/^The key may not do this\n/);
    expect(said).toContain('Whoever set this server up has to give it a key');
    expect(said + stranger.notes.join()).not.toContain('another-key');
    expect(stranger.notes).toEqual([expect.stringMatching(/^list_broadcasts: wrong_key, request \S+$/)]);
  });

  it('is told that it is not known whether it was sent where no answer came, and that it may call again', async () => {
    const lost = await connectAgent('http://127.0.0.1:9', API_KEY);
    const wish = { message: 'Hi', recipients: numbers(1), digest: A_DIGEST };
    const sent = await lost.call('send_broadcast', wish);
    const read = await lost.call('get_account');
    await lost.close();
    expect(sent.said).toContain('call send_broadcast again with exactly the same input; nobody is texted twice');
    expect(read.said).toContain('The service could not be reached.');
  });

  it('is not told that it was sent before where the first answer to this very call was lost', async () => {
    let isLost = false;
    const way = createServer((req, res) => {
      const parts: Buffer[] = [];
      req.on('data', (part: Buffer) => parts.push(part));
      req.on('end', () => {
        const headers = { ...req.headers, host: new URL(test.url).host };
        const to = forward(`${test.url}${req.url}`, { method: req.method, headers }, (answer) => {
          if (isLost || req.url !== '/broadcast') {
            answer.pipe(res.writeHead(answer.statusCode!, answer.headers));
            return;
          }
          isLost = true;
          answer.resume().on('end', () => req.socket.destroy());
        });
        to.end(Buffer.concat(parts));
      });
    });
    await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
    const through = await connectAgent(`http://127.0.0.1:${(way.address() as AddressInfo).port}`, API_KEY);
    const wish = { message: 'Doors open at 9.', recipients: numbers(2, 70) };
    const { digest } = (await through.call('preview_broadcast', wish)).data as { digest: string };
    const { data } = await through.call('send_broadcast', { ...wish, digest });
    expect(isLost).toBe(true);
    expect(data).toMatchObject({ alreadySent: false, people: { accepted: 2 } });
    expect((await through.call('send_broadcast', { ...wish, digest })).data).toMatchObject({ alreadySent: true });
    await through.close();
    way.closeAllConnections();
    await new Promise((resolve) => way.close(resolve));
  });

  it('leaves no number and no text in what this server notes', async () => {
    await agent.call('send_broadcast', { message: 'Secret words', recipients: numbers(1, 95), digest: A_DIGEST });
    expect(agent.notes.at(-1)).toMatch(/^send_broadcast: preview_outdated, request /);
    expect(agent.notes.join('\n')).not.toMatch(/Secret words|\+1415/);
  });

  it('has the version of the package', () => {
    const { version } = JSON.parse(projectFile('package.json')) as { version: string };
    expect(agent.client.getServerVersion()).toEqual({ name: 'bulk-sms-broadcaster', version });
  });

  const namedPeople = (people: readonly string[]) => people.map((to, index) => ({ to, name: `Person ${index}` }));
});

describe('the process that npm run mcp starts', () => {
  const HOOK = join(ROOT, 'test/support/typescriptHook.cjs');
  const COMMAND = join(ROOT, 'src/cli/mcp.ts');

  function start(env: Record<string, string>) {
    const child = spawn(process.execPath, ['--require', HOOK, COMMAND], { env, stdio: 'pipe' });
    const wrote = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (wrote.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (wrote.err += text));
    return { child, wrote, ended: once(child, 'close') as Promise<[number]> };
  }

  it('writes nothing but protocol on standard output, and ends when its client closes the input', async () => {
    const test = await startTestService();
    const { child, wrote, ended } = start({ SMS_URL: test.url, SMS_KEY: API_KEY });
    const post = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    const clientInfo = { name: 'agent', version: '1' };
    post({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo } });
    post({ method: 'notifications/initialized' });
    const wish = { message: 'Doors open at 9.', recipients: numbers(2) };
    post({ id: 2, method: 'tools/call', params: { name: 'preview_broadcast', arguments: wish } });
    post({ id: 3, method: 'tools/call', params: { name: 'get_broadcast', arguments: { id: 'none' } } });
    await eventually(() => wrote.out.split('\n').length > 3);
    child.stdin.end();
    const [code] = await ended;
    await test.stop();
    const lines = wrote.out.trim().split('\n');
    const answers = lines.map((line) => JSON.parse(line) as { id: number; jsonrpc: string; result: object });
    expect(answers.map(({ jsonrpc, id }) => `${jsonrpc} ${id}`).sort()).toEqual(['2.0 1', '2.0 2', '2.0 3']);
    expect(answers.find(({ id }) => id === 2)?.result).toMatchObject({ structuredContent: { people: 2 } });
    expect(wrote.err).toMatch(/^Ready, for the service at 127\.0\.0\.1:\d+\.\nget_broadcast: \w+, request \S+\n$/);
    expect(code).toBe(0);
  });

  it('says on standard error what it lacks, and nothing on standard output', async () => {
    const { wrote, ended } = start({ SMS_URL: 'http://127.0.0.1:9' });
    const [code] = await ended;
    expect(code).toBe(1);
    expect(wrote.out).toBe('');
    expect(wrote.err).toMatch(/^--url and --key are needed, or SMS_URL and SMS_KEY\.\n/);
  });
});

describe('whether an answer is the repeated one of an earlier call', () => {
  it.each([
    ['the first answer is repeated', ['replay'], true],
    ['the service could not take it at first', ['busy', 'replay'], true],
    ['the first answer was lost', ['lost', 'replay'], false],
    ['half of the first answer was lost', ['half', 'replay'], false],
    ['the service was busy, and then the answer was lost', ['busy', 'lost', 'replay'], false],
    ['nothing is repeated', ['new'], false],
  ] as const)('is told where %s', async (_when, ways, isTold) => {
    const left = [...ways] as string[];
    const server = createServer((req, res) => {
      const way = left.shift();
      if (way === 'lost') req.socket.destroy();
      else if (way === 'busy') res.writeHead(503).end();
      else if (way === 'half') res.writeHead(202, { 'content-length': '99' }).write('{', () => req.socket.destroy());
      else res.writeHead(202, way === 'replay' ? { 'idempotency-replayed': 'true' } : {}).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const replay = watchReplay();
    while (left.length > 0)
      await replay.fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).then(
        (answer) => answer.text().catch(() => ''),
        () => '',
      );
    expect(replay.wasSeen()).toBe(isTold);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
