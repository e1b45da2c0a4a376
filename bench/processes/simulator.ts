import { startSimulator, type Simulator, type SimulatorSettings } from '../../src/simulator/simulator';
import type { TakenCall } from '../load/reports';
import { serve } from '../stage/actorSide';

/** A simulated Plivo as a process of its own, so that its work is not taken for the service's. */
const methods = {
  async start(account: { authId: string; authToken: string }): Promise<string> {
    simulator = await startSimulator({
      ...account,
      // Nothing moves by itself: reports are the load generator's, and nobody lists messages.
      settings: { requestsPer5s: 0, listRequestsPerMinute: 0, deliveryDelayMs: AN_HOUR_MS, callbackLossShare: 1 },
    });
    return simulator.url;
  },
  set(settings: Partial<SimulatorSettings>): void {
    Object.assign(running().settings, settings);
  },
  /** The latest calls, so many at most. */
  takenCalls: (most: number): TakenCall[] =>
    running()
      .calls()
      .slice(-most)
      .map(({ body, dst, messageUuids }) => ({ callbackUrl: String(body['url']), recipients: dst, messageUuids })),
  /** How many people got texts, and how many texts in all. */
  ledger(): { people: number; texts: number } {
    let texts = 0;
    for (const count of running().texts().values()) texts += count;
    return { people: running().texts().size, texts };
  },
  /** How many of these people got any text. */
  textedAmong: (people: readonly string[]): number =>
    people.filter((number) => (running().texts().get(number.slice(1)) ?? 0) > 0).length,
  reset: (): void => running().reset(),
};
export type SimulatorProcess = typeof methods;

const AN_HOUR_MS = 3_600_000;

let simulator: Simulator | null = null;
function running(): Simulator {
  if (simulator === null) throw new Error('The simulator was not started.');
  return simulator;
}

serve(methods);
