import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { API_KEY, startTestService, type TestService } from '../support/testService';
import { blocksOf, projectFile } from './projectFile';

const run = promisify(execFile);
const hasShell = ['bash', 'curl'].every((command) => spawnSync(command, ['--version']).error === undefined);
const itWithShell = hasShell ? it : it.skip;

/** Every error status ends the script. */
const BEFORE = `set -euo pipefail
curl() { command curl --silent --show-error --fail --max-time 30 "$@"; }
`;

describe('the examples', () => {
  let test: TestService;
  let folder: string;
  beforeAll(async () => {
    test = await startTestService();
    folder = mkdtempSync(join(tmpdir(), 'examples-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await test.stop();
  });

  /** All of a document as one script, as somebody would paste them one after the other. */
  const scriptOf = (document: string): string => {
    const blocks = blocksOf(projectFile(document), 'sh').filter((block) => /^export URL=|\bcurl /m.test(block));
    const own = `export URL=${test.url} KEY=${API_KEY} SIM=${test.simulator.controlUrl}`;
    return BEFORE + blocks.join('\n').replace(/^export URL=.*$/m, own);
  };

  itWithShell.each([
    'README.md',
    'docs/events.md',
    'docs/http.md',
    'docs/lists.md',
    'docs/webhooks.md',
    'docs/money.md',
  ])('in %s run as they stand', async (document) => {
    const script = scriptOf(document);
    expect(script).toContain(test.url);
    const { stdout } = await run('bash', ['-c', script], { cwd: folder });
    expect(stdout).toContain('"status":"completed"');
  });
});
