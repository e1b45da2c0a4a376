import type { SqlGap } from './gaps';
import { STATEMENTS } from './statements';

export const AS_IT_CONNECTS = 'as it connects to Plivo';
export const AT_PLIVO = 'when Plivo has the call';

/** A place where a process of the service must be able to stand still for longer than its lease, and then to wake up. */
export type Freeze = {
  readonly name: string;
  /** The process stops itself at a statement, or as a call opens a connection; or it is stopped from outside once Plivo has got a call. */
  readonly stops: SqlGap | typeof AS_IT_CONNECTS | typeof AT_PLIVO;
};

/** In the folder of the process: written before it stops itself. */
export const FROZEN_FILE = 'frozen';

export const FREEZES: readonly Freeze[] = [
  { name: 'as it takes the slot of a call', stops: { statement: STATEMENTS.takeSlot, when: 'at once' } },
  { name: 'after it has the slot, before the call', stops: { statement: STATEMENTS.takeSlot, when: 'after commit' } },
  { name: 'as it opens a connection for the call', stops: AS_IT_CONNECTS },
  { name: 'as Plivo works on its call', stops: AT_PLIVO },
  { name: 'before it commits an answer', stops: { statement: STATEMENTS.keepAnswer, when: 'at once' } },
];
