import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DOCUMENTS, projectFile, ROOT, sectionOf } from './projectFile';

const MOST_LINES = 220;
/** Layers that are divided into rooms. */
const DIVIDED = ['routes', 'services', 'domain', 'store', 'simulator'];

const readme = projectFile('README.md');
const tree = sectionOf(readme, '## Where things are');

/** Git leaves empty ones behind when their files move. */
const foldersOf = (path: string): string[] =>
  readdirSync(join(ROOT, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(ROOT, path, entry.name)).length > 0)
    .map(({ name }) => name);

describe('the README', () => {
  it(`is read in a few minutes: it has at most ${MOST_LINES} lines`, () => {
    expect(readme.split('\n').length - 1).toBeLessThanOrEqual(MOST_LINES);
  });

  it.each(['npm ci && npm run demo', 'npm run dev', 'npm ci && npm test', 'npm start'])('tells "%s"', (command) => {
    expect(readme).toContain(command);
  });

  it.each(
    DOCUMENTS.filter((path) => path !== 'README.md' && (!path.includes('decisions/') || path.endsWith('README.md'))),
  )('leads to %s', (path) => {
    expect(readme).toContain(`](${path})`);
  });
});

describe('the folders in the README', () => {
  it('are all that src/ has', () => {
    for (const folder of foldersOf('src')) expect(tree).toContain(`\n  ${folder}/`);
  });

  it('are there, as are the files beside them', () => {
    const lines = [...tree.matchAll(/^( *)([\w./-]+) {2,}\S/gm)];
    const paths = lines.map(([, indent, name = '']) => join(indent === '' ? '' : 'src', name));
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('are all that test/ has', () => {
    const line = /^test\/.*$/m.exec(tree)?.[0] ?? '';
    for (const folder of foldersOf('test')) expect(line).toMatch(new RegExp(`\\b${folder}\\b`));
  });

  it.each(DIVIDED)('name every room of src/%s', (layer) => {
    const line = new RegExp(`^  ${layer}/.*$`, 'm').exec(tree)?.[0] ?? '';
    expect(foldersOf(`src/${layer}`).filter((room) => !new RegExp(`\\b${room}\\b`).test(line))).toEqual([]);
  });
});
