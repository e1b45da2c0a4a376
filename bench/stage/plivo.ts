import type { SimulatorProcess } from '../processes/simulator';
import { ACCOUNT } from './account';
import { startActor, type Actor } from './actor';

export type SimulatedPlivo = Actor<SimulatorProcess> & { readonly url: string };

/** A simulated Plivo in a process of its own. */
export async function startPlivo(): Promise<SimulatedPlivo> {
  const actor = startActor<SimulatorProcess>('simulator');
  return { ...actor, url: await actor.ask('start', ACCOUNT) };
}
