import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { markModules } from '../../src/cli/packing/markModules';
import { blocksOf, projectFile, ROOT, SCRIPTS_BY_NAME } from '../guards/projectFile';
import { API_KEY, startTestService, type TestService } from '../support/testService';

const run = promisify(execFile);
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const MOST_LINES = 10;

/** What README.md has for a program, for the service at an address. */
const exampleFor = (url: string): string =>
  blocksOf(projectFile('README.md'), 'js')[0]!
    .replace('http://127.0.0.1:3000', url)
    .replace("'dev-key'", `'${API_KEY}'`);

/** Compiles the client as `npm run build:client` says, to another folder. */
async function buildClient(folder: string): Promise<void> {
  const builds = SCRIPTS_BY_NAME['build:client']!.split(' && ').map((line) => line.split(' ').slice(1));
  const [esm = [], cjs = []] = builds.map((words) => words.filter((word) => word !== 'dist/client/cjs'));
  const to = (form: string) => ['--outDir', join(folder, 'dist/client', form)];
  const withoutFolder = cjs.filter((word) => word !== '--outDir');
  await Promise.all([
    run(process.execPath, [TSC, ...esm, ...to('esm')], { cwd: ROOT }),
    run(process.execPath, [TSC, ...withoutFolder, ...to('cjs')], { cwd: ROOT }),
  ]);
  markModules(join(folder, 'dist/client'));
}

// The compiler runs three times: on a machine that is busy with other suites, each takes a while.
jest.setTimeout(300_000);

describe('a new project with the packed client', () => {
  let test: TestService;
  let folder: string;
  let project: string;
  beforeAll(async () => {
    test = await startTestService();
    folder = mkdtempSync(join(tmpdir(), 'packed-client-'));
    project = join(folder, 'project');
    const installed = join(project, 'node_modules/bulk-sms-broadcaster');
    mkdirSync(installed, { recursive: true });
    await buildClient(folder);
    cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
    const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--silent'], { cwd: folder });
    await run('tar', ['-xzf', join(folder, stdout.trim()), '--strip-components=1', '-C', installed]);
    writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'new-project', private: true }));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await test.stop();
  });

  const write = (name: string, text: string): string => {
    writeFileSync(join(project, name), text);
    return join(project, name);
  };
  const runFile = async (name: string, text: string): Promise<string> =>
    (await run(process.execPath, [write(name, text)], { cwd: project })).stdout;

  it(`sends to 2,500 people and prints the progress, with at most ${MOST_LINES} lines of JavaScript`, async () => {
    const example = exampleFor(test.url);
    expect(example.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(MOST_LINES);
    const printed = await runFile('send.mjs', example);
    expect(printed).toMatch(/^(queued|processing|completed) \{/);
    expect(printed).toContain("status: 'completed'");
    expect(printed).toContain('submitted: 2500');
  });

  it('works in CommonJS, and its errors are known by their class', async () => {
    const printed = await runFile(
      'refused.cjs',
      `const { createBroadcaster, ProblemError } = require('bulk-sms-broadcaster/client');
      const sms = createBroadcaster({ url: '${test.url}', key: '${API_KEY}' });
      sms.send({ message: '', recipients: [] }).catch((error) => console.log(error instanceof ProblemError, error.code));`,
    );
    expect(printed).toBe('true invalid_request\n');
  });

  it('is typed in TypeScript, as ES module and in CommonJS: what does not exist is an error before it runs', async () => {
    const source = `import { createBroadcaster, type Broadcast } from 'bulk-sms-broadcaster/client';
      export async function main(): Promise<Broadcast> {
        const sms = createBroadcaster({ url: '${test.url}', key: 'k' });
        const { id } = await sms.send({ message: 'Hi', recipients: ['+14155550101', { to: '+14155550102', name: 'Ann' }] });
        for await (const event of sms.follow(id)) if (event.type === 'progress') console.log(event.broadcast.delivery.delivered);
        // @ts-expect-error There is no such field.
        await sms.send({ mesage: 'Hi', recipients: [] });
        // @ts-expect-error There is no such state.
        for await (const person of sms.recipients(id, { status: 'lost' })) console.log(person.recipient);
        return await sms.wait(id);
      }`;
    // One run of the compiler for both: most of its time goes into the types of the language.
    const files = ['typed.mts', 'typed.cts'].map((name) => write(name, source));
    const flags = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2023,dom', '--module', 'nodenext'];
    const compiled = run(process.execPath, [TSC, ...flags, ...files], { cwd: project });
    const { stdout } = await compiled.catch((error: unknown) => error as { stdout: string });
    expect(stdout).toBe('');
  });
});
