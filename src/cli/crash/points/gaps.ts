import type { Fault } from '../../../simulator/simulator';
import { STATEMENTS, type StatementTest } from './statements';

/** Where in a transaction something is to happen to a process: right after the statement that is named, or right after its commit. */
export type SqlGap = { readonly statement: StatementTest; readonly when: 'at once' | 'after commit' };

/** A place where the service must be able to die, and what brings it there. */
export type Gap = {
  readonly name: string;
  /** The process ends itself at a statement; or it is ended from outside once Plivo has got a call. */
  readonly dies: SqlGap | 'when Plivo has the call' | 'when Plivo has answered';
  /** Without delivery reports the outcome of a call is found out by the message list alone. */
  readonly withReports: boolean;
  readonly fault?: Fault;
  /** Only one batch: no other one is in the way. */
  readonly isSmall?: boolean;
  /** The broadcast is cancelled while its batches go out slowly. */
  readonly isCancelled?: boolean;
};

const { accept, claim, takeSlot, keepAnswer, writeReport, lose, prove, disprove, cancel, cancelBatches } = STATEMENTS;

const before = (statement: StatementTest): SqlGap => ({ statement, when: 'at once' });
const after = (statement: StatementTest): SqlGap => ({ statement, when: 'after commit' });
const taken: Fault = { kind: 'accept-then-reset' };
const notTaken: Fault = { kind: 'reset' };

export const GAPS: readonly Gap[] = [
  { name: 'accepting, before its commit', dies: before(accept), withReports: true },
  { name: 'accepting, after its commit, before the answer', dies: after(accept), withReports: true },
  { name: 'claiming, before its commit', dies: before(claim), withReports: true },
  { name: 'claiming, after its commit', dies: after(claim), withReports: true },
  { name: 'between the claim and the call', dies: before(takeSlot), withReports: true },
  { name: 'during the call', dies: 'when Plivo has the call', withReports: true },
  { name: 'during the call, no delivery reports', dies: 'when Plivo has the call', withReports: false, isSmall: true },
  { name: 'as the answer arrives', dies: 'when Plivo has answered', withReports: true },
  { name: 'after the answer, before its commit', dies: before(keepAnswer), withReports: true },
  { name: 'after the commit of the answer', dies: after(keepAnswer), withReports: true },
  { name: 'writing a delivery report, before its commit', dies: before(writeReport), withReports: true },
  { name: 'writing a delivery report, after its commit', dies: after(writeReport), withReports: true },
  {
    name: 'losing an answer, before its commit',
    dies: before(lose),
    withReports: false,
    fault: taken,
    isSmall: true,
  },
  {
    name: 'losing an answer, after its commit',
    dies: after(lose),
    withReports: false,
    fault: taken,
    isSmall: true,
  },
  {
    name: 'finding a batch sent, before its commit',
    dies: before(prove),
    withReports: false,
    fault: taken,
    isSmall: true,
  },
  {
    name: 'finding a batch sent, after its commit',
    dies: after(prove),
    withReports: false,
    fault: taken,
    isSmall: true,
  },
  {
    name: 'finding a batch not sent, before its commit',
    dies: before(disprove),
    withReports: false,
    fault: notTaken,
    isSmall: true,
  },
  {
    name: 'finding a batch not sent, after its commit',
    dies: after(disprove),
    withReports: false,
    fault: notTaken,
    isSmall: true,
  },
  { name: 'cancelling, between its two steps', dies: after(cancel), withReports: true, isCancelled: true },
  {
    name: 'cancelling, within the second step',
    dies: before(cancelBatches),
    withReports: true,
    isCancelled: true,
  },
];

/**
 * Follows the statements of a process and calls `act` in the gap. With several connections a commit does not say whose
 * it is: the transaction has surely ended once none is open any more.
 */
export function createGapWatch(gap: SqlGap, act: () => void): (statement: string) => void {
  let open = 0;
  let isDue = false;
  return (statement) => {
    const word = statement.trimStart().split(/[\s;]/, 1)[0]?.toLowerCase() ?? '';
    if (word === 'begin' || word === 'start') {
      open++;
    } else if (word === 'commit' || word === 'rollback') {
      open = Math.max(0, open - 1);
      if (isDue && open === 0) act();
    } else if (gap.statement(statement)) {
      if (gap.when === 'at once') act();
      isDue = true;
    }
  };
}
