import { ConnectionError, ProblemError } from '../../client/index';
import { UsageError } from '../terminal/commandLine';

/** What a script can tell by how the command ended. docs/commands.md has them in words. */
export const EXIT = {
  well: 0,
  other: 1,
  usage: 2,
  input: 3,
  key: 4,
  notFound: 5,
  conflict: 6,
  credit: 7,
  later: 8,
  notAllSent: 9,
} as const;

const BY_STATUS: Readonly<Record<number, number>> = {
  400: EXIT.input,
  401: EXIT.key,
  402: EXIT.credit,
  403: EXIT.key,
  404: EXIT.notFound,
  409: EXIT.conflict,
  412: EXIT.conflict,
  413: EXIT.input,
  415: EXIT.input,
  422: EXIT.conflict,
  429: EXIT.later,
  503: EXIT.later,
};

/** The exit code of the error that ended the command. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof ConnectionError) return EXIT.later;
  if (!(error instanceof ProblemError) || error.code === 'unexpected_answer') return EXIT.other;
  return error.code === 'insufficient_balance' ? EXIT.credit : (BY_STATUS[error.status] ?? EXIT.other);
}
