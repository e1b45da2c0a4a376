import { measureAccept } from './figures/accept';
import { measureAcceptLarge } from './figures/acceptLarge';
import { measureAcceptPersonal } from './figures/acceptPersonal';
import { measureDispatch } from './figures/dispatch';
import type { Context, Figure, FigureName } from './figures/figure';
import { measureGrowth, type GrowthRow } from './figures/growth';
import { measureListeners } from './figures/listeners';
import { measureReports } from './figures/reports';
import { measureStart } from './figures/start';
import { measureStatus } from './figures/status';
import { measureTutorialAccept } from './figures/tutorialAccept';
import { describeMachine } from './measure/machine';
import type { Row } from './measure/row';
import type { Plan } from './plan';
import type { Result } from './report/result';
import { postgresServer, type EngineName } from './stage/scratchDatabase';

export type BenchOptions = {
  readonly engine: EngineName | 'both';
  readonly only: readonly FigureName[];
  readonly growth: boolean;
  readonly plan: Plan;
  /** As typed. */
  readonly command: string;
  readonly say: (line: string) => void;
};

const MEASURES: Record<FigureName, readonly Figure[]> = {
  accept: [measureAccept, measureAcceptPersonal, measureAcceptLarge],
  reports: [measureReports],
  dispatch: [measureDispatch],
  listeners: [measureListeners],
  status: [measureStatus],
  start: [measureStart],
};

/** @throws Error when something broke; never for being slow */
export async function runBench({ engine, only, growth, plan, command, say }: BenchOptions): Promise<Result> {
  const began = performance.now();
  const date = new Date().toISOString();
  const server = postgresServer();
  const rows: Row[] = [];
  const notes: string[] = [];
  const engines = enginesOf(engine, server, (note) => notes.push(note));

  let tutorialAcceptMs: Context['tutorialAcceptMs'] = null;
  if (only.includes('accept') && engines.length > 0) {
    say('baseline: accepts a broadcast (this takes a minute in full)');
    tutorialAcceptMs = await measureTutorialAccept(plan);
  }
  for (const one of engines) {
    const context: Context = {
      engine: one,
      server: one === 'postgres' ? server : null,
      plan,
      tutorialAcceptMs,
      row: (row) => rows.push({ ...row, engine: one }),
      note: (text) => notes.push(text),
      say: (text) => say(`${one}: ${text}`),
    };
    for (const name of only) {
      say(`${one}: ${name}`);
      for (const measure of MEASURES[name]) await measure(context);
    }
  }
  const grown: GrowthRow[] = [];
  if (growth) {
    for (const one of engines) {
      grown.push(...(await measureGrowth({ engine: one, server, plan, say: (text) => say(`${one}: ${text}`) })));
    }
  }

  return {
    command,
    isQuick: plan.isQuick,
    date,
    seconds: (performance.now() - began) / 1000,
    machine: await describeMachine(engines.includes('postgres') ? server : null),
    rows,
    growth: grown,
    notes: [
      ...notes,
      ...(rows.some(({ cpu }) => cpu === null) ? ['There is no /proc here, so CPU was not measured.'] : []),
    ],
  };
}

function enginesOf(engine: BenchOptions['engine'], server: string | null, note: (text: string) => void): EngineName[] {
  const wanted: EngineName[] = engine === 'both' ? ['sqlite', 'postgres'] : [engine];
  if (server !== null || !wanted.includes('postgres')) return wanted;
  if (engine === 'postgres') throw new Error('PostgreSQL needs DATABASE_URL=postgres://…');
  note('PostgreSQL was skipped: DATABASE_URL does not name one.');
  return ['sqlite'];
}
