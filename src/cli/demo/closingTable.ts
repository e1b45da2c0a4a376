import { knownCount, type BroadcastStatus } from '../calls/broadcastStatus';
import { inGroups } from '../terminal/inGroups';

/** What became of everybody, as lines of a table. */
export function closingTable(broadcast: BroadcastStatus, elapsedMs: number): string[] {
  const { recipients, batches, delivery } = broadcast;
  const rows: [string, string][] = [
    ['recipients', `${inGroups(knownCount(broadcast))} (${recipients.duplicates} duplicates removed)`],
    ['batches', `${batches.total} (${batches.sent} taken by Plivo)`],
    ['delivered', inGroups(delivery.delivered)],
    ['undelivered', inGroups(delivery.undelivered)],
    ['invalid', `${inGroups(delivery.invalid)} (refused by Plivo)`],
    ['opted out', inGroups(delivery.optedOut)],
    ['seconds', (elapsedMs / 1000).toFixed(1)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
}
