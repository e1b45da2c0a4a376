import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { redrawArchitecture } from '../../src/cli/draw/architecture';
import { projectFile, ROOT } from './projectFile';

it('the drawings in ARCHITECTURE.md are what the code looks like (npm run imports:draw)', () => {
  const text = projectFile('ARCHITECTURE.md');
  expect(text).toBe(redrawArchitecture(text, ROOT));
});

it('the decisions are numbered without a gap, and all of them are listed', () => {
  const records = readdirSync(join(ROOT, 'docs/decisions')).filter((name) => name !== 'README.md');
  const list = projectFile('docs/decisions/README.md');
  expect(records.sort().map((name) => Number(name.slice(0, 4)))).toEqual(records.map((_, index) => index + 1));
  expect(records.filter((name) => !list.includes(`](${name})`))).toEqual([]);
});
