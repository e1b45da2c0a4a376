import type { Load } from './broadcastPlan';
import { nameOf } from './senders';

/** What goes through one sender, or Powerpack, of a broadcast: how many calls, and what is billed. */
export type SenderLoad = { readonly sender: string; readonly calls: number; readonly units: number };

export function loadsBySender(loads: readonly Load[]): SenderLoad[] {
  const bySender = new Map<string, SenderLoad>();
  for (const { origin, calls, units } of loads) {
    const sender = nameOf(origin);
    const known = bySender.get(sender);
    bySender.set(sender, { sender, calls: (known?.calls ?? 0) + calls, units: (known?.units ?? 0) + units });
  }
  return [...bySender.values()];
}
