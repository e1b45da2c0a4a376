import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where the files of the dashboard are; null for one that there is not, and for all where it was not built. */
export type ConsoleFiles = {
  page(): string | null;
  asset(name: string): string | null;
};

/** Beside the compiled code, or where the build of the code that runs as it is written has put it. */
const FOLDERS = [join(__dirname, '../../../console'), join(__dirname, '../../../dist/console')];

/** As the build names them: nothing else that a caller writes becomes a path of the file system. */
const ASSET = /^[\w-]+(?:\.[\w-]+)+$/;

/** Looks anew each time: the dashboard may be built while the service runs. */
export function createConsoleFiles(folders: readonly string[] = FOLDERS): ConsoleFiles {
  const find = (name: string) => folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
  return {
    page: () => find('index.html'),
    asset: (name) => (ASSET.test(name) ? find(join('assets', name)) : null),
  };
}
