import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Draws which folders import which, as mermaid text, from the code itself: one box per layer, with every import between
 * them, types included; packages are left out.
 *
 * @throws Error when dependency-cruiser does not run
 */
export const drawLayers = (root: string): string => draw(root, '^(src/[^/]+|config)', '^(src|config)');

/** The layers that are divided into rooms. */
export const DIVIDED_LAYERS = ['routes', 'services', 'store', 'domain', 'simulator', 'simulation'] as const;

/**
 * Draws which rooms of one layer import which, as mermaid text; the files that join the rooms are left out.
 *
 * @throws Error when dependency-cruiser does not run
 */
export const drawRooms = (root: string, layer: (typeof DIVIDED_LAYERS)[number]): string =>
  draw(root, `^src/${layer}/[^/]+`, `^src/${layer}/[^/]+/`);

function draw(root: string, collapse: string, includeOnly: string): string {
  const binary = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const flags = ['--output-type', 'mermaid', '--collapse', collapse, '--include-only', includeOnly];
  const run = spawnSync(process.execPath, [binary, 'src', 'config', ...flags], { cwd: root, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`dependency-cruiser failed: ${run.stderr || run.stdout}`);
  return run.stdout.trim();
}
