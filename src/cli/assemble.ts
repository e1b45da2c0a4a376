import { copyFileSync } from 'node:fs';
import { join } from 'node:path';

/** Puts beside the compiled code what is no code. */
const DIST = join(__dirname, '../..');
const PROJECT = join(DIST, '..');

copyFileSync(join(PROJECT, 'openapi.yaml'), join(DIST, 'openapi.yaml'));
