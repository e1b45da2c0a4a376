import { inGroups } from '../terminal/inGroups';
import type { Wrong } from '../../simulation/checks/verdict';
import type { WorldPlan } from '../../simulation/faults/worldPlan';
import type { SeedResult } from './seedRun';
import type { Tally } from './tally';

const MOST_WRONGS_SHOWN = 4;
const DAY_MS = 86_400_000;

/** The closing table. */
export function closingLines(tally: Tally, seconds: number): string[] {
  const { worlds, worldsOfSeveral, people, texts, held, lateStops, wrongs, wrongSeeds } = tally;
  const perPerson = tally.most === 0 ? 'none' : `${tally.least}..${tally.most}`;
  return [
    row('worlds', `${inGroups(worlds)}, ${inGroups(worldsOfSeveral)} of them with three owners`),
    row(
      'played',
      `${days(tally)} virtual days, ${inGroups(tally.statements)} statements, ${inGroups(tally.calls)} calls to Plivo`,
    ),
    row('in', `${seconds.toFixed(0)} s, ${(worlds / Math.max(seconds, 0.001)).toFixed(1)} worlds a second`),
    row('faults', listed(tally.faults) || 'none'),
    row('people', `${inGroups(people)}, ${inGroups(texts)} texts, ${perPerson} texts per person`),
    row('held', `${inGroups(held)} batches left to a person`),
    row('late STOPs', `${inGroups(lateStops)} texts after a STOP between claim and call`),
    row('wrong', wrongSeeds.length === 0 ? '0' : `${inGroups(wrongSeeds.length)} worlds (${listed(wrongs)})`),
  ];
}

const row = (name: string, text: string) => `${name.padEnd(12)}${text}`;
const days = ({ virtualMs }: Tally) => inGroups(Math.round(virtualMs / DAY_MS));
const listed = (map: ReadonlyMap<string, number>) =>
  [...map]
    .sort(([, a], [, b]) => b - a)
    .map(([name, times]) => `${name} ${inGroups(times)}`)
    .join(', ');

/** What is wrong in one world. */
export function wrongLines({ seed, verdict: { wrongs } }: SeedResult): string[] {
  const shown = wrongs.slice(0, MOST_WRONGS_SHOWN).map(({ rule, what }: Wrong) => `    ${rule}: ${what}`);
  const more = wrongs.length - shown.length;
  return [`seed ${seed} is wrong:`, ...shown, ...(more > 0 ? [`    and ${more} more`] : [])];
}

/** A plan in a few lines. */
export function planLines(plan: WorldPlan): string[] {
  const { owners, people, broadcasts, settings, faults, stretch } = plan;
  const submitted = broadcasts.map(({ people: to, ...rest }) => ({ ...rest, people: to.length }));
  return [
    `    ${owners} owner${owners > 1 ? 's' : ''}, ${people.length} people, looks stretched by ${stretch}`,
    `    settings ${JSON.stringify(settings)}`,
    ...submitted.map((one) => `    broadcast ${JSON.stringify(one)}`),
    ...faults.map((fault) => `    fault ${JSON.stringify(fault)}`),
  ];
}
