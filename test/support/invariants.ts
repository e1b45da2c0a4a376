import { BATCH_STATUSES } from '../../src/domain/states/batchState';
import { RECIPIENT_STATUSES } from '../../src/domain/states/recipientState';
import type { Broadcast } from '../../src/store/reading/broadcastStore';
import type { Store } from '../../src/store/store';
import { eventually } from './eventually';
import type { TestService } from './testService';

/** All recipients of a broadcast, read through the pages as a caller would. */
export async function allRecipients(store: Store, broadcastKey: number) {
  const all = [];
  for (let after = null; ;) {
    const page = await store.recipients.page(broadcastKey, { status: null, limit: 1000, after });
    all.push(...page.items);
    if (page.next === null) return all;
    after = page.next;
  }
}

async function allBatches(store: Store, broadcastKey: number) {
  const all = [];
  for (let after = 0; ;) {
    const page = await store.broadcasts.batches(broadcastKey, { limit: 1000, after });
    all.push(...page.items);
    if (page.next === null) return all;
    after = page.next;
  }
}

/** Counters, recipients and batches of one moment: read again where the broadcast changed meanwhile. */
async function snapshot(store: Store, id: string) {
  return await eventually(async () => {
    const broadcast = await existing(store, id);
    const recipients = await allRecipients(store, broadcast.broadcastKey);
    const batches = await allBatches(store, broadcast.broadcastKey);
    const after = await existing(store, id);
    return JSON.stringify(after) === JSON.stringify(broadcast) ? { broadcast, recipients, batches } : null;
  });
}

async function existing(store: Store, id: string): Promise<Broadcast> {
  const broadcast = await store.broadcasts.find(id);
  if (broadcast === null) throw new Error('The broadcast is gone.');
  return broadcast;
}

function countBy<Status extends string>(statuses: readonly Status[], rows: readonly { status: Status }[]) {
  return Object.fromEntries(statuses.map((status) => [status, rows.filter((row) => row.status === status).length]));
}

/**
 * The promise of the service in numbers: everybody who was submitted is in exactly one state, and the running counters
 * say the same as the rows they count.
 */
export async function expectNobodyMissing(where: TestService | Store, id: string): Promise<void> {
  const { broadcast, recipients, batches } = await snapshot('service' in where ? where.service.store : where, id);
  const sum = Object.values(broadcast.recipients).reduce((total, count) => total + count, 0);
  expect(sum).toBe(broadcast.submitted - broadcast.duplicates);
  expect(broadcast.recipients).toEqual(countBy(RECIPIENT_STATUSES, recipients));
  expect(new Set(recipients.map(({ number }) => number)).size).toBe(recipients.length);
  expect(broadcast.batches).toEqual(countBy(BATCH_STATUSES, batches));
  expect(batches).toHaveLength(broadcast.batchesTotal);
}

/** Plivo's own ledger: these people, nobody else, each one text. */
export function expectTextedOnce(test: TestService, numbers: readonly string[]): void {
  const expected = numbers.map((number) => [number.slice(1), 1]);
  expect([...test.simulator.texts()].sort()).toEqual(expected.sort());
}
