import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { Client } from 'plivo';
import { closedPort, reply, startLocalServer, type Answer, type LocalServer } from './localServer';

/** What plivoService.ts relies on, seen on the bare SDK: a release that changes one of these should be noticed here. */

const ACCEPTED = { api_id: 'api-1', message: 'message(s) queued', message_uuid: ['uuid-1'], invalid_number: ['1'] };
const servers: LocalServer[] = [];

beforeEach(() => {
  jest.replaceProperty(process, 'env', {});
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  jest.restoreAllMocks();
});

async function serve(answer: Answer): Promise<LocalServer> {
  const server = await startLocalServer(answer);
  servers.push(server);
  return server;
}

function send(url: string, fields: object = {}): Promise<unknown> {
  const { messages } = new Client('MAEXAMPLEEXAMPLEEXAM', 'example-token', { url, timeout: 500 });
  return messages.create('+14155550100', '+14155550101', 'Good morning', fields);
}

async function rejectionOf(answer: Answer): Promise<Record<string, unknown>> {
  const { url } = await serve(answer);
  return send(url).then(
    () => ({ resolved: true }),
    (rejection: unknown) => rejection as Record<string, unknown>,
  );
}

describe('the bare SDK', () => {
  it.each([400, 401, 403, 404, 405, 406, 409, 422, 500])('gives %i in the status of an error', async (status) => {
    expect(await rejectionOf(reply(status, { error: 'no' }))).toMatchObject({ status, message: 'no' });
  });

  it.each([402, 413, 429, 502, 503, 504])('gives %i in the text of an error only', async (status) => {
    const rejection = await rejectionOf(reply(status, { error: 'no' }));
    expect(rejection).not.toHaveProperty('status');
    expect(rejection['message']).toBe(`AxiosError: Request failed with status code ${status}`);
  });

  it('attaches the request, number and text included, to an error', async () => {
    expect((await rejectionOf(reply(400, {})))['moreInfo']).toContain('+14155550101');
  });

  it.each<[string, Answer, string]>([
    ['a lost connection', (_, socket) => socket.destroy(), 'Error: socket hang up\n'],
    ['silence', () => undefined, 'AxiosError: timeout of 500ms exceeded\n'],
  ])('rejects with a string on %s', async (_name, answer, start) => {
    const rejection: unknown = await rejectionOf(answer);
    expect(rejection).toEqual(expect.stringMatching(new RegExp(`^${start}`)));
  });

  it('rejects with a string when the connection is refused', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    await expect(send(url)).rejects.toMatch(/^Error: connect ECONNREFUSED 127\.0\.0\.1/);
  });

  it('resolves on a 2xx that is not JSON, with nothing in it', async () => {
    const { url } = await serve(reply(202, '<html></html>'));
    expect(await send(url)).toEqual({ apiId: undefined, message: undefined, messageUuid: undefined });
  });

  it('names invalid numbers in snake case, and all else in camel case', async () => {
    const { url } = await serve(reply(202, ACCEPTED));
    const { api_id: apiId, message, message_uuid: messageUuid, invalid_number } = ACCEPTED;
    expect(await send(url)).toEqual({ apiId, message, messageUuid, invalid_number });
  });

  it('writes into the object of fields', async () => {
    const { url } = await serve(reply(202, ACCEPTED));
    const fields = {};
    await send(url, fields);
    expect(fields).toHaveProperty('text', 'Good morning');
  });

  it('repeats a send at the address that a 307 names', async () => {
    const elsewhere = await serve(reply(202, ACCEPTED));
    const { url } = await serve(reply(307, {}, { location: elsewhere.url }));
    await send(url);
    expect(elsewhere.received[0]?.body).toContain('Good morning');
  });
});

describe('a process that sends, answered with an error whose body is null', () => {
  const root = join(__dirname, '../..');

  /** Runs `script` in a Node of its own, with TypeScript stripped of its types; gives the exit code and what was printed. */
  function run(script: string): Promise<{ exitCode: number; printed: string }> {
    const prelude = `
      const ts = require('typescript');
      const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
      require.extensions['.ts'] = (module, file) =>
        module._compile(ts.transpileModule(require('fs').readFileSync(file, 'utf8'), { compilerOptions }).outputText, file);
      process.env.NO_PROXY = '*';
    `;
    return new Promise((resolve) => {
      execFile(process.execPath, ['-e', prelude + script], { cwd: root, timeout: 20_000 }, (error, stdout) => {
        resolve({ exitCode: error === null ? 0 : Number(error.code), printed: stdout.trim() });
      });
    });
  }

  it('is ended by the bare SDK', async () => {
    const { url } = await serve(reply(500, null));
    const { exitCode, printed } = await run(`
      const { Client } = require('plivo');
      const { messages } = new Client('MAEXAMPLEEXAMPLEEXAM', 'example-token', { url: '${url}', timeout: 500 });
      messages.create('+14155550100', '+14155550101', 'Good morning', {});
      setTimeout(() => console.log('still here'), 1000);
    `);
    expect({ exitCode, printed }).toEqual({ exitCode: 1, printed: '' });
  });

  it('lives on with the Plivo service, and learns the status', async () => {
    const { url } = await serve(reply(500, null));
    const { exitCode, printed } = await run(`
      const { createPlivoService } = require('./src/services/plivo/plivoService.ts');
      const plivo = createPlivoService({ authId: 'MAEXAMPLE', authToken: 'example-token', apiUrl: '${url}', timeoutMs: 5000, timers: { sleep: (ms) => new Promise((end) => setTimeout(end, ms).unref()) } });
      const request = { from: { sender: '+14155550100' }, recipients: ['+14155550101'], text: 'Good morning',
        callbackUrl: null, expirySeconds: null, mediaUrls: null };
      plivo.send(request).then((outcome) => { console.log(outcome.kind, outcome.status); plivo.close(); });
    `);
    expect({ exitCode, printed }).toEqual({ exitCode: 0, printed: 'unknown 500' });
  });

  it('still ends, as Node does by default, on a forgotten rejection of its own', async () => {
    const { exitCode } = await run(`
      const { createPlivoService } = require('./src/services/plivo/plivoService.ts');
      createPlivoService({ authId: 'MAEXAMPLE', authToken: 'example-token', apiUrl: 'http://127.0.0.1:1', timeoutMs: 5000, timers: { sleep: (ms) => new Promise((end) => setTimeout(end, ms).unref()) } });
      Promise.reject(new Error('forgotten'));
      setTimeout(() => {}, 1000);
    `);
    expect(exitCode).toBe(1);
  });
});
