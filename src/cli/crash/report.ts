import { noTrouble, type TroubleCounts } from './faults/trouble';
import { inGroups } from '../terminal/inGroups';
import type { PointResult } from './points/point';
import type { EngineName } from './stage/scratchDatabase';
import type { RoundResult } from './round';

/** All rounds of one engine together. */
export type EngineTotals = TroubleCounts & {
  readonly engine: EngineName;
  rounds: number;
  points: number;
  unlike: number;
  recipients: number;
  texts: number;
  tooMany: number;
  missing: number;
  wrongs: number;
  seconds: number;
  /** What could not be done here, in plain words. */
  readonly notes: string[];
};

export const newTotals = (engine: EngineName): EngineTotals => ({
  ...noTrouble(),
  engine,
  rounds: 0,
  points: 0,
  unlike: 0,
  recipients: 0,
  texts: 0,
  tooMany: 0,
  missing: 0,
  wrongs: 0,
  seconds: 0,
  notes: [],
});

/** Adds what happened in a round. */
export function addRound(totals: EngineTotals, result: RoundResult): void {
  totals.rounds++;
  if (result.isUnlike) totals.unlike++;
  addTrouble(totals, result);
}

function addTrouble(totals: TroubleCounts, counts: TroubleCounts): void {
  for (const name of Object.keys(noTrouble()) as (keyof TroubleCounts)[]) totals[name] += counts[name];
}

export function roundLine(engine: EngineName, round: number, result: RoundResult): string {
  const cuts = result.plivoCuts + result.databaseCuts;
  const extras = [
    ...(cuts > 0 ? [`${cuts} cut`] : []),
    ...(result.freezes > 0 ? [`${result.freezes} frozen`] : []),
    ...(result.breaks > 0 ? [`${result.breaks}x all connections ended`] : []),
    ...(result.restarts > 0 ? [`${result.restarts}x PostgreSQL restarted`] : []),
    ...(result.held > 0 ? [`${result.held} held for a person`] : []),
    ...(result.withReports ? [] : ['no delivery reports']),
  ];
  return (
    `${engine.padEnd(8)} round ${String(round).padStart(3)}  ${result.kills} kills  ${String(result.faults).padStart(2)} faults  ` +
    `${inGroups(result.recipients).padStart(6)} recipients  ${result.tooMany} twice  ${result.missing} missing  ` +
    `${result.seconds.toFixed(1).padStart(5)} s${extras.length > 0 ? `  (${extras.join(', ')})` : ''}`
  );
}

/** `what`: such as "dies during the call". */
export function pointLine(engine: EngineName, what: string, result: PointResult): string {
  return (
    `${engine.padEnd(8)} ${what.padEnd(53)}  ${inGroups(result.recipients).padStart(6)} recipients  ` +
    `${result.tooMany} twice  ${result.missing} missing  ${result.seconds.toFixed(1).padStart(5)} s`
  );
}

/** Texts per recipient must be exactly 1; the last lines say why not. */
export function closingTable(all: readonly EngineTotals[]): string[] {
  const rows: [string, (totals: EngineTotals) => string][] = [
    ['rounds', ({ rounds }) => inGroups(rounds)],
    ['crashes on purpose', ({ points }) => inGroups(points)],
    ['kill -9', ({ kills }) => inGroups(kills)],
    ['frozen past the lease', ({ freezes }) => inGroups(freezes)],
    ['all connections ended', ({ breaks }) => inGroups(breaks)],
    ['PostgreSQL restarted', ({ restarts }) => inGroups(restarts)],
    ['cut on the way to it', ({ databaseCuts }) => inGroups(databaseCuts)],
    ['cut on the way to Plivo', ({ plivoCuts }) => inGroups(plivoCuts)],
    ['rounds set unlike', ({ unlike }) => inGroups(unlike)],
    ['faults of Plivo', ({ faults }) => inGroups(faults)],
    ['held for a person', ({ held }) => inGroups(held)],
    ['recipients', ({ recipients }) => inGroups(recipients)],
    ['texts per recipient', textsPerRecipient],
    ['duplicates', ({ tooMany }) => inGroups(tooMany)],
    ['drops', ({ missing }) => inGroups(missing)],
    ['other faults', ({ wrongs }) => inGroups(wrongs)],
    ['seconds', ({ seconds }) => seconds.toFixed(0)],
  ];
  const nameWidth = Math.max(...rows.map(([name]) => name.length));
  const line = (name: string, cells: readonly string[]) =>
    `  ${name.padEnd(nameWidth)}${cells.map((cell) => cell.padStart(14)).join('')}`;
  return [
    line(
      '',
      all.map(({ engine }) => engine),
    ),
    ...rows.map(([name, cell]) => line(name, all.map(cell))),
    ...all.flatMap(({ notes }) => notes.map((note) => `  ${note}`)),
  ];
}

function textsPerRecipient({ recipients, texts, tooMany, missing }: EngineTotals): string {
  if (recipients === 0) return '-';
  return tooMany === 0 && missing === 0 ? '1' : (texts / recipients).toFixed(5);
}
