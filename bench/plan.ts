/** How much of everything is measured. */
export type Plan = {
  readonly isQuick: boolean;
  /** Figures with goals of their own size. */
  readonly accept: { readonly size: number; readonly rounds: number };
  readonly large: { readonly size: number; readonly rounds: number; readonly roundsWithoutGoal: number };
  readonly reports: { readonly each: number; readonly rounds: number; readonly connections: number };
  readonly dispatch: { readonly size: number; readonly rounds: number };
  readonly listeners: { readonly size: number; readonly count: number; readonly rounds: number };
  readonly status: { readonly size: number; readonly sent: number; readonly rounds: number; readonly reads: number };
  readonly start: { readonly rounds: number };
  readonly growth: { readonly sizes: readonly number[]; readonly broadcasts: number; readonly reports: number };
};

export const FULL_PLAN: Plan = {
  isQuick: false,
  accept: { size: 100_000, rounds: 9 },
  large: { size: 1_000_000, rounds: 3, roundsWithoutGoal: 2 },
  reports: { each: 10_000, rounds: 5, connections: 64 },
  dispatch: { size: 50_000, rounds: 3 },
  listeners: { size: 200_000, count: 2000, rounds: 3 },
  status: { size: 1_000_000, sent: 100_000, rounds: 5, reads: 400 },
  start: { rounds: 5 },
  growth: { sizes: [1000, 10_000, 100_000, 1_000_000], broadcasts: 10, reports: 10_000 },
};

/** For CI: everything is done once or twice, in sizes that say whether it works and not how fast it is. */
export const QUICK_PLAN: Plan = {
  isQuick: true,
  accept: { size: 10_000, rounds: 2 },
  large: { size: 50_000, rounds: 1, roundsWithoutGoal: 1 },
  reports: { each: 1000, rounds: 2, connections: 64 },
  dispatch: { size: 5000, rounds: 1 },
  listeners: { size: 5000, count: 50, rounds: 1 },
  status: { size: 50_000, sent: 5000, rounds: 2, reads: 50 },
  start: { rounds: 1 },
  growth: { sizes: [1000, 10_000], broadcasts: 2, reports: 500 },
};
