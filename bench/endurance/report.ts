import { inGroups } from '../../src/cli/terminal/inGroups';
import { inColumns } from '../report/table';
import type { SoakResult } from './runSoak';
import type { Sample } from './sampler';
import { afterWarmUp, slopeOf } from './slope';

const HEAD = ['minutes', 'memory', 'descriptors', 'database', 'wait p50', 'p99', 'longest'];

/** The figures of a run, in columns. */
export function soakFigures(result: SoakResult): string[] {
  const { samples, memory, tally, texted, webhooks, minutes } = result;
  const acts = Object.entries(tally.acts).map(([name, count]) => `${inGroups(count)} ${name}`);
  const figures: [string, string][] = [
    ['load', acts.join(', ')],
    ['requests', `${inGroups(tally.requests)}, ${inGroups(Math.round(tally.requests / minutes))} a minute`],
    ['texts', `${inGroups(texted.texts)} to ${inGroups(texted.people)} people; one each for ${inGroups(tally.people)}`],
    ['opted out', `${inGroups(tally.optedOut.length)} people, ${texted.optedOut} of them texted`],
    ['webhooks told', inGroups(webhooks)],
    ['memory after warm-up', `${slopeOf(afterWarmUp(memory)).toFixed(1)} MB a minute`],
    [
      'descriptors',
      `${samples[0]?.descriptors ?? '–'} at the start, ${samples.at(-1)?.descriptors ?? '–'} once settled`,
    ],
  ];
  const width = Math.max(...figures.map(([name]) => name.length));
  return [
    ...inColumns({ head: HEAD, lines: samples.map(lineOf) }),
    '',
    ...figures.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
  ];
}

function lineOf({ minutes, memoryMb, descriptors, databaseMb, waits }: Sample): string[] {
  const sorted = waits.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  const ms = (value: number | undefined) => (value === undefined ? '–' : `${value.toFixed(1)} ms`);
  return [
    minutes.toFixed(1),
    memoryMb === null ? '–' : `${Math.round(memoryMb)} MB`,
    String(descriptors ?? '–'),
    `${databaseMb.toFixed(1)} MB`,
    ms(at(0.5)),
    ms(at(0.99)),
    ms(sorted.at(-1)),
  ];
}
