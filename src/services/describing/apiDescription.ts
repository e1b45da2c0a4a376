import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { onFirstUse } from '../../domain/onFirstUse';

/** The description of the HTTP interface (OpenAPI 3.1), as it is written and as JSON. */
export type ApiDescription = { readonly yaml: () => string; readonly json: () => string };

/** The build puts a copy where the compiled code has it at the same distance. */
const FILE = join(__dirname, '../../../openapi.yaml');

/** Read when it is first asked for, so that no start waits for it. */
export function createApiDescription(): ApiDescription {
  const yaml = onFirstUse(() => readFileSync(FILE, 'utf8'));
  return { yaml, json: onFirstUse(() => JSON.stringify(load(yaml()))) };
}
