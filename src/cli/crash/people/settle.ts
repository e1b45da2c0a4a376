import { setTimeout as sleepFor } from 'node:timers/promises';
import type { BroadcastStatus } from '../../calls/broadcastStatus';
import type { Caller } from './caller';

const OVER = new Set(['completed', 'partially_failed', 'failed', 'cancelled']);

export type SettleOptions = {
  readonly caller: Caller;
  readonly ids: readonly string[];
  /** How long nothing may change: how long it takes as a whole depends on the machine. */
  readonly stillMs: number;
  /** Called for a broadcast with batches that only a person can settle. */
  readonly onHeld: (id: string) => Promise<void>;
};

/** Waits until no batch of the broadcasts is open; returns, for each that still has some when nothing changes any more, what hangs. */
export async function untilSettled({ caller, ids, stillMs, onHeld }: SettleOptions): Promise<string[]> {
  const open = new Set(ids);
  let seen = '';
  for (let until = performance.now() + stillMs; performance.now() < until;) {
    const states: string[] = [];
    for (const id of [...open]) {
      const broadcast = (await caller.call('GET', `/broadcast/${id}`)).body as BroadcastStatus;
      if (isOver(broadcast)) open.delete(id);
      else states.push(describe(broadcast));
      if (heldBatches(broadcast.batches) > 0) await onHeld(id);
    }
    if (open.size === 0) return [];
    if (states.join() !== seen) until = performance.now() + stillMs;
    seen = states.join();
    await sleepFor(60);
  }
  return seen.split(',');
}

function isOver({ status, batches }: BroadcastStatus): boolean {
  return OVER.has(status) && openBatches(batches) === 0;
}

type Batches = BroadcastStatus['batches'] & { readonly held?: number };

const heldBatches = ({ held = 0 }: Batches): number => held;

const openBatches = (batches: Batches): number =>
  batches.pending + batches.sending + batches.unconfirmed + heldBatches(batches);

function describe({ id, status, batches }: BroadcastStatus): string {
  const open = Object.entries(batches).filter(([name, count]) => name !== 'total' && count > 0);
  return `broadcast ${id} is ${status} with ${open.map(([name, count]) => `${count} ${name}`).join(' and ')}`;
}
