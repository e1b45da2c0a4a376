import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { redrawArchitecture } from './draw/architecture';

const ROOT = join(__dirname, '../../..');
const FILE = join(ROOT, 'ARCHITECTURE.md');

writeFileSync(FILE, redrawArchitecture(readFileSync(FILE, 'utf8'), ROOT));
console.log('ARCHITECTURE.md is drawn anew.');
