import { inheritedEnv } from '../../../config/env';
import { testEngine, type EngineTestOptions } from './testEngine';
import { closingTable } from './report';
import type { EngineName } from './stage/scratchDatabase';

export type CrashTestOptions = Omit<EngineTestOptions, 'server'> & { readonly engine: EngineName | 'both' };

/** Returns true when everybody got exactly one text and nothing else was wrong. */
export async function runCrashTest(options: CrashTestOptions): Promise<boolean> {
  const { print, seed } = options;
  print(`crash-test: --seed ${seed} repeats these choices`);
  const server = postgresServer();
  // Side by side: both wait most of the time.
  const all = await Promise.all(enginesOf(options, server).map((engine) => testEngine(engine, { ...options, server })));
  if (all.length > 0) for (const line of ['', ...closingTable(all), '']) print(line);
  const isWell = all.length > 0 && all.every(({ tooMany, missing, wrongs }) => tooMany + missing + wrongs === 0);
  print(
    isWell
      ? 'Everybody got exactly one text.'
      : `Something is wrong. --seed ${seed} repeats the choices; --keep keeps what is needed to look into it.`,
  );
  return isWell;
}

const postgresServer = (): string | null => {
  const url = inheritedEnv()['DATABASE_URL'];
  return url !== undefined && /^postgres(ql)?:/.test(url) ? url : null;
};

function enginesOf({ engine, print }: CrashTestOptions, server: string | null): EngineName[] {
  const wanted: EngineName[] = engine === 'both' ? ['sqlite', 'postgres'] : [engine];
  if (!wanted.includes('postgres') || server !== null) return wanted;
  print('PostgreSQL is skipped: DATABASE_URL does not name one.');
  return wanted.filter((one) => one !== 'postgres');
}
