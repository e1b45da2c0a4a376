import type { Fault } from '../../../simulator/simulator';

/** Where in a transaction a process is to die: right after the statement that the pattern names, or right after its commit. */
export type SqlGap = { readonly statement: RegExp; readonly dies: 'at once' | 'after commit' };

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

const CLAIM = /^\s*update "batches" set "recipients" = /;
const SLOT = /^\s*update pacing set next_start_at/;
const ANSWER = /^\s*update "batches" set "plivo_api_id" = /;
const REPORT = /^\s*update broadcast_recipients set\s+status = c\.status/;
const ACCEPT = /^\s*insert into batches /;
const LOSE = /^\s*update "batches" set "unconfirmed_at" = /;
const DISPROVE = /^\s*update "batches" set "next_attempt_at" = .*"looks" = /s;
const PROVE = /^\s*update broadcast_recipients set plivo_message_uuid = .*and recipient_number = /s;
const CANCEL = /^\s*update "broadcasts" set "pause_reason" = /;
const CANCEL_BATCHES = /recipients is null as has_rows from batches/;

const before = (statement: RegExp): SqlGap => ({ statement, dies: 'at once' });
const after = (statement: RegExp): SqlGap => ({ statement, dies: 'after commit' });
const taken: Fault = { kind: 'accept-then-reset' };
const notTaken: Fault = { kind: 'reset' };

export const GAPS: readonly Gap[] = [
  { name: 'accepting, before its commit', dies: before(ACCEPT), withReports: true },
  { name: 'accepting, after its commit, before the answer', dies: after(ACCEPT), withReports: true },
  { name: 'claiming, before its commit', dies: before(CLAIM), withReports: true },
  { name: 'claiming, after its commit', dies: after(CLAIM), withReports: true },
  { name: 'between the claim and the call', dies: before(SLOT), withReports: true },
  { name: 'during the call', dies: 'when Plivo has the call', withReports: true },
  { name: 'during the call, no delivery reports', dies: 'when Plivo has the call', withReports: false, isSmall: true },
  { name: 'as the answer arrives', dies: 'when Plivo has answered', withReports: true },
  { name: 'after the answer, before its commit', dies: before(ANSWER), withReports: true },
  { name: 'after the commit of the answer', dies: after(ANSWER), withReports: true },
  { name: 'writing a delivery report, before its commit', dies: before(REPORT), withReports: true },
  { name: 'writing a delivery report, after its commit', dies: after(REPORT), withReports: true },
  { name: 'losing an answer, before its commit', dies: before(LOSE), withReports: false, fault: taken, isSmall: true },
  { name: 'losing an answer, after its commit', dies: after(LOSE), withReports: false, fault: taken, isSmall: true },
  {
    name: 'finding a batch sent, before its commit',
    dies: before(PROVE),
    withReports: false,
    fault: taken,
    isSmall: true,
  },
  {
    name: 'finding a batch sent, after its commit',
    dies: after(PROVE),
    withReports: false,
    fault: taken,
    isSmall: true,
  },
  {
    name: 'finding a batch not sent, before its commit',
    dies: before(DISPROVE),
    withReports: false,
    fault: notTaken,
    isSmall: true,
  },
  {
    name: 'finding a batch not sent, after its commit',
    dies: after(DISPROVE),
    withReports: false,
    fault: notTaken,
    isSmall: true,
  },
  { name: 'cancelling, between its two steps', dies: after(CANCEL), withReports: true, isCancelled: true },
  { name: 'cancelling, within the second step', dies: before(CANCEL_BATCHES), withReports: true, isCancelled: true },
];

/**
 * Follows the statements of a process and calls `die` in the gap. With several connections a commit does not say whose
 * it is: the transaction has surely ended once none is open any more.
 */
export function createGapWatch(gap: SqlGap, die: () => void): (statement: string) => void {
  let open = 0;
  let isDue = false;
  return (statement) => {
    const word = statement.trimStart().split(/[\s;]/, 1)[0]?.toLowerCase() ?? '';
    if (word === 'begin' || word === 'start') {
      open++;
    } else if (word === 'commit' || word === 'rollback') {
      open = Math.max(0, open - 1);
      if (isDue && open === 0) die();
    } else if (gap.statement.test(statement)) {
      if (gap.dies === 'at once') die();
      isDue = true;
    }
  };
}
