/** One thing, measured once a round. */
export type Samples = readonly number[];

export function median(samples: Samples): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[(sorted.length >> 1) - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * Round by round, so that whatever slowed the machine down in one round slowed down both. What was measured once is held
 * against every round of the other.
 */
export function ratios(numerators: Samples, denominators: Samples): Samples {
  const rounds = Math.max(numerators.length, denominators.length);
  const at = (samples: Samples, round: number) => samples[samples.length === 1 ? 0 : round] ?? Number.NaN;
  return Array.from({ length: rounds }, (_, round) => at(numerators, round) / at(denominators, round));
}
