import { execFileSync, spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { platformVariables } from '../../processes/platformVariables';

type ProgramName = 'initdb' | 'pg_ctl';
type Owner = { readonly uid: number; readonly gid: number };

/** What a server is made and run with. */
export type PostgresPrograms = {
  /** Whom the files of a server must belong to, where that is somebody else. */
  readonly owner: Owner | null;
  /** @throws Error when the program fails; what it says goes to `output` */
  run(program: ProgramName, args: readonly string[], where: Where): Promise<void>;
  /** For the last moment of this process, in which nothing is waited for. */
  runAtExit(program: ProgramName, args: readonly string[], where: Pick<Where, 'folder'>): void;
};

/** `output`: of an open file. */
type Where = { readonly folder: string; readonly output: number };

/** Looks for them on this machine; returns why there are none, where that is so. */
export function findPostgresPrograms(): PostgresPrograms | string {
  const folder = foldersToSearch().find((one) => existsSync(join(one, 'initdb')) && existsSync(join(one, 'pg_ctl')));
  if (folder === undefined) return 'initdb and pg_ctl are not installed here';
  const isRoot = process.getuid?.() === 0;
  const owner = isRoot ? userNamed('postgres') : null;
  if (isRoot && owner === null) return 'it must not be run by root, and there is no user postgres';

  const optionsFor = (cwd: string): SpawnOptions => ({ cwd, env: platformVariables(), ...owner });
  return {
    owner,
    run: (program, args, { folder: cwd, output }) =>
      untilDone(program, spawn(join(folder, program), args, { ...optionsFor(cwd), stdio: ['ignore', output, output] })),
    runAtExit: (program, args, { folder: cwd }) =>
      void spawnSync(join(folder, program), args, { ...optionsFor(cwd), stdio: 'ignore' }),
  };
}

/** It never outlives this process: it could start a server that nobody ends. */
function untilDone(program: ProgramName, child: ChildProcess): Promise<void> {
  const kill = () => child.kill('SIGKILL');
  process.prependListener('exit', kill);
  return new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} failed with exit code ${code ?? 'unknown'}`));
    });
  }).finally(() => process.off('exit', kill));
}

/** Debian keeps them out of the path, one folder for every version. */
const DEBIAN = '/usr/lib/postgresql';

function foldersToSearch(): string[] {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const path = platformVariables()['PATH'] ?? '';
  return [...versions.map((version) => join(DEBIAN, version, 'bin')), ...path.split(delimiter).filter(Boolean)];
}

function userNamed(name: string): Owner | null {
  const idOf = (kind: '-u' | '-g') => Number(execFileSync('id', [kind, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: idOf('-u'), gid: idOf('-g') };
  } catch {
    return null;
  }
}
