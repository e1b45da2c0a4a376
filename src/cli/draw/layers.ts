import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** One box per folder, with every import between them, types included; packages are left out. */
const FLAGS = [
  ['--output-type', 'mermaid'],
  ['--collapse', '^(src/[^/]+|config)'],
  ['--include-only', '^(src|config)'],
].flat();

/**
 * Draws which folders import which, as mermaid text, from the code itself.
 *
 * @throws Error when dependency-cruiser does not run
 */
export function drawLayers(root: string): string {
  const binary = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const run = spawnSync(process.execPath, [binary, 'src', 'config', ...FLAGS], { cwd: root, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`dependency-cruiser failed: ${run.stderr || run.stdout}`);
  return run.stdout.trim();
}
