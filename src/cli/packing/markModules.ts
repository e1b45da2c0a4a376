import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Says what the compiled client's two forms are, whatever the package around them is. */
export function markModules(clientFolder: string): void {
  for (const [form, type] of [
    ['esm', 'module'],
    ['cjs', 'commonjs'],
  ] as const) {
    mkdirSync(join(clientFolder, form), { recursive: true });
    writeFileSync(join(clientFolder, form, 'package.json'), `${JSON.stringify({ type, sideEffects: false })}\n`);
  }
}
