import { sql, type Transaction } from 'kysely';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { defaultAddress, tellAt, type News } from '../state/told';
import type { ChangedRecipient } from './reportGroup';

/** Tells what reports have made of people, those of a broadcast together, where that is asked for. */
export async function tellOfRecipients(
  tx: Transaction<Schema>,
  engine: Engine,
  changed: readonly ChangedRecipient[],
): Promise<void> {
  if (changed.length === 0) return;
  const address = await defaultAddress(tx, engine);
  if (address?.wants('recipients.updated') !== true) return;
  const byBroadcast = new Map<number, object[]>();
  for (const { broadcastKey, phone, status, messageUuid, errorCode, units, cost } of changed) {
    const recipients = byBroadcast.get(broadcastKey) ?? [];
    recipients.push({ recipient: phone, status, messageUuid, errorCode, units, cost });
    byBroadcast.set(broadcastKey, recipients);
  }
  const news: News[] = [];
  for (const [key, recipients] of [...byBroadcast].sort(([a], [b]) => a - b)) {
    const found = await sql<{ id: string }>`select id from broadcasts where broadcast_key = ${key}`.execute(tx);
    const id = found.rows[0]?.id ?? '';
    news.push({ event: 'recipients.updated', data: { broadcastId: id, recipients }, broadcast: { key, id } });
  }
  await tellAt(tx, address, news);
}
