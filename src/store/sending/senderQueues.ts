import { sql, type Kysely, type Transaction } from 'kysely';
import type { Queue } from '../../domain/time/pacing';
import type { Schema } from '../engine/schema';

const EMPTY: Queue = { freeAt: 0, writtenAt: 0 };

/** What Plivo has waiting for a sender. Whoever means to write it holds the row of `pacing`. */
export async function readSenderQueue(db: Kysely<Schema>, queue: string): Promise<Queue> {
  const row = await db
    .selectFrom('sender_queues')
    .select(['free_at', 'written_at'])
    .where('queue', '=', queue)
    .executeTakeFirst();
  return row === undefined ? EMPTY : { freeAt: row.free_at, writtenAt: row.written_at };
}

export async function writeSenderQueue(tx: Transaction<Schema>, queue: string, state: Queue): Promise<void> {
  await sql`
    insert into sender_queues (queue, free_at, written_at) values (${queue}, ${state.freeAt}, ${state.writtenAt})
    on conflict (queue) do update set free_at = excluded.free_at, written_at = excluded.written_at`.execute(tx);
}
