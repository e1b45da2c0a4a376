import type { Imports } from './imports';

/** The layers that are divided into rooms. */
export const DIVIDED_LAYERS = ['routes', 'services', 'store', 'domain', 'simulator', 'simulation'] as const;

/** Draws which layers import which, as mermaid text: one box per layer, files beside the layers included. */
export const drawLayers = (imports: Imports): string => draw(imports, /^(src\/[^/]+|config)/);

/** Draws which rooms of one layer import which, as mermaid text; the files that join the rooms are left out. */
export const drawRooms = (imports: Imports, layer: (typeof DIVIDED_LAYERS)[number]): string =>
  draw(imports, new RegExp(`^src/${layer}/[^/]+(?=/)`));

/** One box for each beginning of a path that the pattern finds; files in which it finds none are left out. */
function draw({ files, imports }: Imports, pattern: RegExp): string {
  const boxOf = (file: string) => pattern.exec(file)?.[0];
  const boxes = new Set(files.map(boxOf).filter((box) => box !== undefined));
  const arrows = new Set<string>();
  for (const [from, to] of imports.map((one) => [boxOf(one.from), boxOf(one.to)])) {
    if (from !== undefined && to !== undefined && from !== to) arrows.add(`${idOf(from)}-->${idOf(to)}`);
  }
  return ['flowchart LR', '', ...nested([...boxes].sort()), ...[...arrows].sort()].join('\n');
}

const idOf = (path: string): string => path.replace(/[/.]/g, '_');

/** The boxes, each within the folders that it stands in. `paths` go on from the folder `within`. */
function nested(paths: readonly string[], within = ''): string[] {
  const names = [...new Set(paths.map((path) => path.split('/')[0] ?? ''))];
  return names.flatMap((name) => {
    const inside = paths.filter((path) => path.startsWith(`${name}/`)).map((path) => path.slice(name.length + 1));
    const label = `${idOf(`${within}${name}`)}["${name}"]`;
    if (inside.length === 0) return [label];
    return [`subgraph ${label}`, ...nested(inside, `${within}${name}/`).map((line) => `  ${line}`), 'end'];
  });
}
