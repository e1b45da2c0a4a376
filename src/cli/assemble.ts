import { copyFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { markModules } from './packing/markModules';
import { SWAGGER_FILES } from '../services/describing/docsFiles';

/** Puts beside the compiled code what is no code. */
const DIST = join(__dirname, '../..');
const PROJECT = join(DIST, '..');

copyFileSync(join(PROJECT, 'openapi.yaml'), join(DIST, 'openapi.yaml'));
cpSync(join(PROJECT, 'src/pages'), join(DIST, 'src/pages'), { recursive: true });
for (const name of SWAGGER_FILES)
  copyFileSync(require.resolve(`swagger-ui-dist/${name}`), join(DIST, 'src/pages/docs', name));
markModules(join(DIST, 'client'));
