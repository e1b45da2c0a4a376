import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../..');

/** A file of the project, as text. */
export const projectFile = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** What people read: at the top, of the examples, and all in docs/. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  'ARCHITECTURE.md',
  'SECURITY.md',
  'examples/README.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
    .sort(),
];

export const SCRIPTS_BY_NAME = (JSON.parse(projectFile('package.json')) as { scripts: Record<string, string> }).scripts;

/** The scripts of package.json, by name. */
export const SCRIPTS = Object.keys(SCRIPTS_BY_NAME);

/** The cells of every Markdown table row that begins with a cell in backticks: its name, then the other cells. */
export function tableRows(markdown: string): { name: string; cells: string[] }[] {
  return [...markdown.matchAll(/^\| `([^`]+)` \|(.*)\|$/gm)].map(([, name = '', rest = '']) => ({
    name,
    cells: rest.split('|').map((cell) => cell.trim()),
  }));
}

/** The part of a Markdown text under a heading, up to the next heading of the same or a higher rank. */
export function sectionOf(markdown: string, heading: string): string {
  const [, after = ''] = markdown.split(`\n${heading}\n`);
  const rank = /^#+/.exec(heading)?.[0].length ?? 1;
  return after.split(new RegExp(`\\n#{1,${rank}} `))[0] ?? '';
}

/** The fenced blocks of a Markdown text in one language. */
export const blocksOf = (markdown: string, language: string): string[] =>
  [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , block = '']) => block);

/** A Markdown text without its fenced blocks. */
export const withoutBlocks = (markdown: string): string => markdown.replaceAll(/^```\w*\n[\s\S]*?^```$/gm, '');
