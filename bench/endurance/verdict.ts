import type { SoakResult } from './runSoak';
import { MOST_MORE_DESCRIPTORS } from './sampler';
import { isLeak } from './slope';

/** What is wrong with a run; nothing where the service kept up and kept its promises. */
export function faultsOfSoak({ samples, memory, tally, texted, crash }: SoakResult): string[] {
  const [first, last] = [samples[0]?.descriptors ?? 0, samples.at(-1)?.descriptors ?? 0];
  const notWell = samples.flatMap(({ waits }) => waits).filter(({ isWell }) => !isWell).length;
  return [
    ...(crash === null ? [] : [`The service ended (${crash}).`]),
    ...tally.faults,
    ...(tally.faultCount > tally.faults.length ? [`… and ${tally.faultCount - tally.faults.length} more.`] : []),
    ...(texted.people === tally.people ? [] : [`${texted.people} people were texted instead of ${tally.people}.`]),
    ...(texted.texts === texted.people ? [] : [`${texted.people} people got ${texted.texts} texts.`]),
    ...(texted.optedOut === 0 ? [] : [`${texted.optedOut} people were texted who had opted out.`]),
    ...(notWell === 0 ? [] : [`It did not say that it is alive ${notWell} times.`]),
    ...(last - first > MOST_MORE_DESCRIPTORS ? [`It holds ${last} descriptors, after ${first} at the start.`] : []),
    ...(isLeak(memory) ? ['Its memory grows steadily after the warm-up.'] : []),
  ];
}
