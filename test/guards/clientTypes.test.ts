import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectFile, ROOT, SCRIPTS_BY_NAME } from './projectFile';

const run = promisify(execFile);

it("the client's types are those of openapi.yaml: after a change of it, npm run client:types makes them anew", async () => {
  const [, ...words] = SCRIPTS_BY_NAME['client:types']!.replace(/ -o \S+$/, '').split(' ');
  const program = join(ROOT, 'node_modules/openapi-typescript/bin/cli.js');
  const { stdout } = await run(process.execPath, [program, ...words], { cwd: ROOT, maxBuffer: 10_000_000 });
  expect(projectFile('src/client/generated.ts')).toBe(stdout);
});
