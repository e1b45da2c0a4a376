import { type Kysely, sql } from 'kysely';
import type { Engine } from '../engine';

/**
 * What goes through each sender of a broadcast, where it is not all the broadcast's own: then each of its batches says
 * who it comes from. While one sender has no room, the index finds the next batch of another without reading all that waits.
 */
export const countBySender = (engine: Engine) => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const clustered = engine.kind === 'sqlite' ? 'without rowid' : '';
    const statements = [
      `create table broadcast_senders (
        broadcast_key bigint not null references broadcasts (broadcast_key) on delete cascade,
        sender text not null,
        batches_total integer not null,
        batches_pending integer not null check (batches_pending >= 0),
        segments_total bigint not null,
        primary key (broadcast_key, sender)
      ) ${clustered}`,
      `update batches set
        sender = (select c.sender from broadcasts c where c.broadcast_key = batches.broadcast_key),
        powerpack_uuid = (select c.powerpack_uuid from broadcasts c where c.broadcast_key = batches.broadcast_key)
      where sender is null and powerpack_uuid is null and broadcast_key in (
        select broadcast_key from batches where coalesce(sender, powerpack_uuid) is not null)`,
      `insert into broadcast_senders (broadcast_key, sender, batches_total, batches_pending, segments_total)
      select b.broadcast_key, coalesce(b.sender, b.powerpack_uuid), count(*),
        sum(case when b.status = 'pending' then 1 else 0 end), sum(b.size * coalesce(b.segments, c.segments_per_message))
      from batches b join broadcasts c on c.broadcast_key = b.broadcast_key
      where coalesce(b.sender, b.powerpack_uuid) is not null
      group by b.broadcast_key, coalesce(b.sender, b.powerpack_uuid)`,
      `create index batches_by_sender on batches (broadcast_key, coalesce(sender, powerpack_uuid), number)
      where status = 'pending' and coalesce(sender, powerpack_uuid) is not null`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});
