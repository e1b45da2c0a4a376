import { inheritedEnv } from '../../../config/env';

const NAMES = ['PATH', 'HOME', 'LANG', 'TZ', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR'];

/** What a program needs of its surroundings, and nothing that configures this one (or sends it to a proxy). */
export function platformVariables(): Record<string, string | undefined> {
  const given = inheritedEnv();
  return Object.fromEntries(NAMES.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]));
}
