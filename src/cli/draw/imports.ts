import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The product's own files, as paths from the root of the project, and which of them imports which, types included. */
export type Imports = {
  readonly files: readonly string[];
  readonly imports: readonly { readonly from: string; readonly to: string }[];
};

type Cruise = { modules: { source: string; dependencies: { resolved: string }[] }[] };

/**
 * Who imports whom. To find out takes dependency-cruiser a few seconds: whoever draws several pictures asks once.
 *
 * @throws Error when dependency-cruiser does not run
 */
export function readImports(root: string): Imports {
  const binary = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const flags = ['--output-type', 'json', '--include-only', '^(src|config)/'];
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 100_000_000 } as const;
  const run = spawnSync(process.execPath, [binary, 'src', 'config', ...flags], options);
  if (run.status !== 0) throw new Error(`dependency-cruiser failed: ${run.stderr || run.stdout}`);
  const { modules } = JSON.parse(run.stdout) as Cruise;
  const importsOf = ({ source, dependencies }: Cruise['modules'][number]) =>
    dependencies.map(({ resolved }) => ({ from: source, to: resolved }));
  return { files: modules.map(({ source }) => source), imports: modules.flatMap(importsOf) };
}
