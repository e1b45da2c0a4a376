import { parseArgs, type ParseArgsConfig } from 'node:util';

/** The command was called wrongly; the message says how, and `complaint` shows the help with it. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>['values'];

export const TEXT = { type: 'string' } as const;
export const FLAG = { type: 'boolean' } as const;
const HELP = { help: { ...FLAG, short: 'h' } } as const;

/**
 * The options that the command was called with; null where it was asked for its help, which is then printed.
 *
 * @throws UsageError for options that are not among these
 */
export function readOptions<const O extends Options>(help: string, options: O): Values<O> | null {
  const values = parsed({ ...options, ...HELP }) as Values<O> & { readonly help?: boolean };
  if (values.help !== true) return values;
  console.log(help);
  return null;
}

/**
 * As `readOptions`, of a command that is told by words what to do.
 *
 * @throws UsageError for options that are not among these
 */
export function readCommand<const O extends Options>(
  help: string,
  options: O,
): { readonly words: readonly string[]; readonly options: Values<O> } | null {
  try {
    const { values, positionals } = parseArgs({ options: { ...options, ...HELP }, allowPositionals: true });
    if ((values as { readonly help?: boolean }).help !== true)
      return { words: positionals, options: values as unknown as Values<O> };
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
  console.log(help);
  return null;
}

function parsed<const O extends Options>(options: O): Values<O> {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

/** @throws UsageError where it is none, or has more than nine digits */
export function wholeNumber(option: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new UsageError(`--${option} must be a whole number, 0 or more.`);
  return Number(value);
}

const ENGINES = ['sqlite', 'postgres', 'both'] as const;

/**
 * `--engine`, both where it is not given.
 *
 * @throws UsageError
 */
export function engineChoice(value = 'both'): (typeof ENGINES)[number] {
  const engine = ENGINES.find((one) => one === value);
  if (engine === undefined) throw new UsageError('--engine must be sqlite, postgres or both.');
  return engine;
}

/** What to print of the error that ended a command. */
export const complaint = (error: unknown, help: string): string =>
  error instanceof UsageError ? `${error.message}\n\n${help}` : messageOf(error);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
