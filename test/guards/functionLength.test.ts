import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './projectFile';

const MOST_LINES = 60;

type Measured = { readonly name: string; readonly lines: number };

/** Every function of a file with the lines that are its own: those of the functions inside it are theirs. */
function functionsOf(file: string): Measured[] {
  const source = ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line;
  const measured: Measured[] = [];

  /** Returns the lines of the functions directly inside the node. */
  const linesInside = (node: ts.Node): number => {
    let lines = 0;
    ts.forEachChild(node, (child) => {
      lines += isFunction(child) ? measure(child) : linesInside(child);
    });
    return lines;
  };
  const measure = (node: ts.FunctionLikeDeclaration): number => {
    const first = lineOf(node.getStart(source));
    const lines = lineOf(node.end) - first + 1;
    measured.push({ name: `${file}:${first + 1}`, lines: lines - linesInside(node) });
    return lines;
  };
  linesInside(source);
  return measured;
}

function isFunction(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
}

const files = (['src', 'config'] as const)
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  .filter((name) => name.endsWith('.ts') && !name.includes('/migrations/'));

it(`no function has more than ${MOST_LINES} lines of its own, so that each is taken in at a glance`, () => {
  const tooLong = files.flatMap(functionsOf).filter(({ lines }) => lines > MOST_LINES);
  expect(tooLong).toEqual([]);
});
