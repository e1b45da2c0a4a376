import type { StateTable } from './stateTable';

export const CANARY_STATUSES = ['sending', 'waiting', 'passed', 'stopped', 'released', 'unneeded'] as const;
export type CanaryStatus = (typeof CANARY_STATUSES)[number];

/**
 * - `out`: none of its batches is still to go
 * - `back`: one of them is to go again, as Plivo does not have it after all
 * - `pass`, `stop`: its time is up, and what reports tell is well, or is not
 * - `resume`: a person has the rest sent
 */
export type CanaryEvent = 'out' | 'back' | 'pass' | 'stop' | 'resume';

/** The life of a canary: those who go first. `unneeded`: they are all there are. */
export const CANARY_STATES: StateTable<CanaryStatus, CanaryEvent> = {
  sending: { out: 'waiting' },
  waiting: { back: 'sending', pass: 'passed', stop: 'stopped' },
  passed: {},
  stopped: { resume: 'released' },
  released: {},
  unneeded: {},
};

/** While it is in one of these, nobody but the canary is texted. */
export const HOLDING_CANARY_STATUSES: readonly CanaryStatus[] = ['sending', 'waiting', 'stopped'];
