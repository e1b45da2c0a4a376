import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../guards/projectFile';

/**
 * What an instance that is not upgraded yet runs: the state of 27 November 2026, thirteen steps of the schema ago, before there
 * were keys, approvals, an audit log, webhooks and live events. With each release it becomes the release before that.
 */
const VERSION_BEFORE = '6e226f40c043bc57c3cd8e99aaaea1d82bab30a5';

/** What of it is lacking: a copy without its history has no earlier versions. */
export const lacksVersionBefore = (): string[] =>
  spawnSync('git', ['cat-file', '-e', `${VERSION_BEFORE}^{commit}`], { cwd: ROOT }).status === 0
    ? []
    : ['the history of this repository'];

export type VersionBefore = { readonly server: string; remove(): void };

/** Puts its source into a folder of its own, to run with the packages of today. */
export function takeVersionBefore(): VersionBefore {
  const folder = mkdtempSync(join(tmpdir(), 'broadcaster-before-'));
  const archive = execFileSync('git', ['archive', VERSION_BEFORE, 'src', 'config', 'package.json'], {
    cwd: ROOT,
    maxBuffer: 64 * 1024 ** 2,
  });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return { server: join(folder, 'src/server.ts'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
