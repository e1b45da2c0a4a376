/**
 * How a process waits. It arrives as an argument wherever something waits, so that a simulation can play hours in a
 * moment, and every order in which things may happen.
 */
export type Timers = {
  /** Milliseconds that never step, whatever happens to the wall clock. */
  readonly monotonicMs: () => number;
  /** Resolves after `ms`, or as soon as `signal` aborts. Never rejects. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Lets everything else that is ready have its turn. */
  readonly nextTurn: () => Promise<void>;
};
