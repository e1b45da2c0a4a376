import type { Row } from '../measure/row';
import type { Samples } from '../measure/samples';
import type { Plan } from '../plan';
import type { EngineName } from '../stage/scratchDatabase';

export const FIGURES = ['accept', 'reports', 'dispatch', 'listeners', 'status', 'start'] as const;
export type FigureName = (typeof FIGURES)[number];

/** What a figure is measured with, and where its result goes. */
export type Context = {
  readonly engine: EngineName;
  /** Where PostgreSQL is; null where the engine is another. */
  readonly server: string | null;
  readonly plan: Plan;
  /** What the baseline took to accept; it has no engine, so it is measured once for both. Null where it was not. */
  readonly tutorialAcceptMs: Samples | null;
  row(row: Omit<Row, 'engine'>): void;
  /** What a reader of the result must know beside it. */
  note(text: string): void;
  /** What is going on. */
  say(text: string): void;
};

export type Figure = (context: Context) => Promise<void>;

export const inGroups = (count: number): string => count.toLocaleString('en-US');

/** @throws Error saying what is broken; a bench never fails for being slow */
export function expectThat(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
