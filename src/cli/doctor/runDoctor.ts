import { ConfigurationError, type Env } from '../../../config/env';
import { readPriceList } from '../../../config/priceList';
import { askAll, type Asking } from './asking/askAll';
import { exitCodeOf, red, type Check } from './check';
import { judgeAll } from './judging/judgeAll';
import { jsonOf, linesOf } from './report';
import { withoutSecrets } from './secrets';

export type DoctorOptions = {
  /** @throws ConfigurationError */
  readonly readEnv: () => Env;
  readonly asking: Asking;
  readonly asJson: boolean;
  readonly hasColours: boolean;
  readonly print: (line: string) => void;
};

/** Asks, judges and prints; returns the exit code. */
export async function runDoctor({ readEnv, asking, asJson, hasColours, print }: DoctorOptions): Promise<0 | 1 | 2> {
  const checks = await examine(readEnv, asking);
  const lines = asJson ? [jsonOf(checks)] : linesOf(checks, { hasColours });
  for (const line of lines) print(line);
  return exitCodeOf(checks);
}

/** A configuration with faults is told as all of them; nobody is asked by it. */
async function examine(readEnv: () => Env, asking: Asking): Promise<Check[]> {
  try {
    const env = readEnv();
    if (env.PRICES_FILE !== undefined) readPriceList(env.PRICES_FILE);
    const hide = withoutSecrets(env);
    return judgeAll(await askAll(env, asking)).map((check) => ({
      ...check,
      said: hide(check.said),
      remedy: check.remedy === null ? null : hide(check.remedy),
    }));
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults.map(faultLine);
    throw error;
  }
}

/** A fault says what is wrong, and behind a semicolon what to do. */
function faultLine(fault: string): Check {
  const [said = '', ...remedy] = fault.split('; ');
  return red('configuration', said, remedy.length === 0 ? 'Set it so.' : remedy.join('; '));
}
