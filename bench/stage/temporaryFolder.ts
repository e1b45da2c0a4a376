import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let root: string | null = null;

/** A folder that goes with this process at the latest, however that ends but by SIGKILL. */
export function temporaryFolder(name: string): string {
  if (root === null) {
    const created = mkdtempSync(join(tmpdir(), 'sms-bench-'));
    process.on('exit', () => rmSync(created, { recursive: true, force: true }));
    root = created;
  }
  return mkdtempSync(join(root, `${name}-`));
}
