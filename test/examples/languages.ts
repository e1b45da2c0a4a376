import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../guards/projectFile';

export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };
export type Call = {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
};

/** A language that there are examples in. */
type Language = {
  readonly name: string;
  /** What must be on the machine, as command lines that do nothing. */
  readonly needs: readonly (readonly [command: string, argument: string])[];
  readonly extension: string;
  /** How a file is run, as README.md has it. */
  readonly command: readonly string[];
  /** For languages that take long to be read: makes a program of a file, to be run instead. */
  readonly compile?: readonly string[];
};

const LANGUAGES: readonly Language[] = [
  {
    name: 'curl',
    needs: [
      ['curl', '--version'],
      ['openssl', 'version'],
    ],
    extension: 'sh',
    command: ['sh'],
  },
  { name: 'Node', needs: [], extension: 'mjs', command: [process.execPath] },
  { name: 'Python', needs: [['python3', '--version']], extension: 'py', command: ['python3'] },
  { name: 'PHP', needs: [['php', '--version']], extension: 'php', command: ['php'] },
  { name: 'Go', needs: [['go', 'version']], extension: 'go', command: [], compile: ['go', 'build', '-o'] },
];

/** Each with what of it is not on this machine. */
export const languages = LANGUAGES.map((language) => ({
  ...language,
  lacks: lackingOf(language.needs),
}));

/** Which of some programs are not on this machine. */
export function lackingOf(needs: Language['needs']): string[] {
  const isLacking = ([command, argument]: Language['needs'][number]) =>
    spawnSync(command, [argument]).error !== undefined;
  return needs.filter(isLacking).map(([command]) => command);
}

/** The title of a suite. The reporter reads it, and says at the end of the run what was skipped. */
export const titleOf = (name: string, lacks: readonly string[]): string =>
  lacks.length === 0 ? name : `${name} (not here: ${lacks.join(', ')})`;

/** Returns the command line that runs an example, ready to be called often. */
export async function prepared(language: Language, example: string, folder: string): Promise<readonly string[]> {
  const file = join(ROOT, 'examples', `${example}.${language.extension}`);
  if (language.compile === undefined) return [...language.command, file];
  const program = join(folder, example);
  const { code, stderr } = await runProgram([...language.compile, program, file]);
  if (code !== 0) throw new Error(stderr);
  return [program];
}

/** Runs it to its end, beside what this process has in its environment. */
export function runProgram(commandLine: readonly string[], { args = [], env = {}, stdin = '' }: Call = {}) {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return new Promise<Ran>((resolve) => {
    const child = execFile('env', [...variables, ...commandLine, ...args], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    );
    // Who has read enough may be gone.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(stdin);
  });
}
