import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../..');

/** A file of the project, as text. */
export const projectFile = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

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
