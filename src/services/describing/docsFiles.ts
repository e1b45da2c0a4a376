import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The files of `/docs`, by the name in their address; `index.html` is the page itself. */
export type DocsFiles = (name: string) => string | null;

/** Beside the compiled code the build has put all of them; where the code runs as it is written, Swagger UI is where it was installed. */
const OURS = join(__dirname, '../../pages/docs');
const OUR_FILES = ['index.html', 'docs.css', 'start.js'];
export const SWAGGER_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js'];

/** Where each file is; null for a name that there is not. */
export function createDocsFiles(): DocsFiles {
  return (name) => {
    if (!OUR_FILES.includes(name) && !SWAGGER_FILES.includes(name)) return null;
    const built = join(OURS, name);
    return existsSync(built) ? built : require.resolve(`swagger-ui-dist/${name}`);
  };
}
