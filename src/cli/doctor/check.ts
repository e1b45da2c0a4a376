/** `skipped`: there is nothing to ask, or nobody who would answer. `unknown`: was asked, and got no usable answer. */
export type CheckState = 'green' | 'red' | 'unknown' | 'skipped';

/** One line of the report; every one that is red or unknown has a remedy. */
export type Check = {
  readonly name: string;
  readonly state: CheckState;
  readonly said: string;
  readonly remedy: string | null;
};

export const green = (name: string, said: string): Check => ({ name, state: 'green', said, remedy: null });
export const red = (name: string, said: string, remedy: string): Check => ({ name, state: 'red', said, remedy });
export const unknown = (name: string, said: string, remedy: string): Check => ({
  name,
  state: 'unknown',
  said,
  remedy,
});
export const skipped = (name: string, said: string, remedy: string | null = null): Check => ({
  name,
  state: 'skipped',
  said,
  remedy,
});

/** 1 where anything is red, else 2 where anything could not be asked, else 0. */
export function exitCodeOf(checks: readonly Check[]): 0 | 1 | 2 {
  const has = (state: CheckState) => checks.some((check) => check.state === state);
  if (has('red')) return 1;
  return has('unknown') ? 2 : 0;
}
