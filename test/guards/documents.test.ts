import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { DOCUMENTS, projectFile, ROOT, SCRIPTS, tableRows, withoutBlocks } from './projectFile';

const named = (document: string, pattern: RegExp): string[] => [
  ...new Set([...projectFile(document).matchAll(pattern)].map(([, name = '']) => name)),
];
const pairs = (pattern: RegExp): [document: string, name: string][] =>
  DOCUMENTS.flatMap((document) => named(document, pattern).map((name): [string, string] => [document, name]));

describe('the paths in the documents', () => {
  it.each(pairs(/`((?:src|config|test|docs|bench|examples|\.ci)\/[\w./-]*)`/g))('%s: %s exists', (_document, path) => {
    expect(existsSync(join(ROOT, path))).toBe(true);
  });
});

describe('the links in the documents', () => {
  /** As GitHub makes them of headings. */
  const anchorsOf = (document: string): string[] =>
    [...withoutBlocks(projectFile(document)).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );

  it.each(pairs(/\]\((?!https?:)([^)\s]+)\)/g))('%s: %s leads somewhere', (document, link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? document : normalize(join(dirname(document), path));
    expect(existsSync(join(ROOT, target))).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(target)).toContain(anchor);
  });
});

describe('the commands in the documents', () => {
  it.each(pairs(/npm (?:run (?:--silent )?)?((?<=run |silent )[a-z][\w:-]*|test\b|start\b)/g))(
    '%s: "%s" is in package.json',
    (_document, script) => {
      expect(SCRIPTS).toContain(script);
    },
  );

  it('leave no script of package.json out of docs/commands.md', () => {
    const listed = tableRows(projectFile('docs/commands.md')).map(({ name }) => name.replace(/^npm (run )?/, ''));
    expect(listed.sort()).toEqual([...SCRIPTS].sort());
  });
});
