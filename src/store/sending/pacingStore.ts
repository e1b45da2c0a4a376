import { sql } from 'kysely';
import { backlogMs, loadMs, untilRoom, type Paces, type Queue } from '../../domain/time/pacing';
import { inTransaction, type Database } from '../engine/database';
import { readSenderQueue, writeSenderQueue } from './senderQueues';

export type PacingStore = {
  /** In how many milliseconds the next slot for a Plivo call begins, without taking it. */
  untilSlot(delayMs: number): Promise<number>;
  /**
   * Takes the next slot for a Plivo call, account-wide. Returns in how many milliseconds it begins; null, with nothing
   * taken, when that is longer than `longestWaitMs`, or Plivo has no room for so much.
   */
  takeSlot(slot: Slot): Promise<number | null>;
  /** Plivo did not take what was handed to it: its queues are that much shorter. */
  giveBackLoad(load: GivenBack): Promise<void>;
  /** When Plivo is done with what it was handed, by the account's rate, and the time now; milliseconds since 1970. */
  queueState(): Promise<{ readonly freeAt: number; readonly now: number }>;
  /** The same for each sender whose rate is known, by the name of its queue. */
  senderQueues(): Promise<ReadonlyMap<string, number>>;
  /**
   * Takes one of the `max` requests that Plivo's message list allows per `windowMs`, account-wide. Returns 0 when it may
   * be made now, else in how many milliseconds one is free.
   */
  takeListRequest(max: number, windowMs: number): Promise<number>;
};

export type Slot = {
  /** From this call to the next. */
  readonly delayMs: number;
  /** From any call to the next. */
  readonly longestDelayMs: number;
  readonly longestWaitMs: number;
  /** What the call adds to Plivo's queues: units, and what the queues may hold. */
  readonly load: { readonly units: number; readonly paces: Paces };
};

export type GivenBack = {
  readonly accountMs: number;
  readonly sender: { readonly queue: string; readonly ms: number } | null;
};

/** Slots are never that far ahead unless the clock was set back; then the spacing starts afresh. */
const furthestSlotMs = (delayMs: number) => Math.max(10_000, 100 * delayMs);

export function createPacingStore({ db, engine }: Database): PacingStore {
  return {
    async untilSlot(delayMs) {
      const found = await sql<{ wait: number }>`
        select next_start_at - ${engine.now} as wait from pacing where id = 1`.execute(db);
      const wait = found.rows[0]?.wait ?? 0;
      return wait > furthestSlotMs(delayMs) ? 0 : Math.max(0, wait);
    },

    takeSlot: ({ delayMs, longestDelayMs, longestWaitMs, load: { units, paces } }) =>
      inTransaction(db, async (tx) => {
        const found = await sql<SlotRow>`
          select next_start_at, queue_free_at, queue_written_at, ${engine.now} as now
          from pacing where id = 1 ${engine.forUpdate}`.execute(tx);
        const { next_start_at: next, now, ...row } = found.rows[0] ?? NO_PACING;
        const wait = next > now + furthestSlotMs(longestDelayMs) ? 0 : Math.max(0, next - now);
        const { account, sender } = paces;
        const queue: Queue = { freeAt: row.queue_free_at, writtenAt: row.queue_written_at };
        const own = sender === null ? NO_QUEUE : await readSenderQueue(tx, sender.queue);
        const hasRoomIn = (pace: Paces['account'], of: Queue) =>
          pace === null || untilRoom(pace, units, backlogMs(of, now)) === 0;
        const isTaken = wait <= longestWaitMs && hasRoomIn(account, queue) && hasRoomIn(sender, own);
        // Also where there is no room: the queue is then known by the clock as it is set now.
        const after = (pace: Paces['account'], of: Queue): Queue => ({
          freeAt: now + backlogMs(of, now) + (isTaken && pace !== null ? loadMs(pace, units) : 0),
          writtenAt: now,
        });
        await sql`
          update pacing set next_start_at = ${isTaken ? now + wait + delayMs : next},
            queue_free_at = ${after(account, queue).freeAt}, queue_written_at = ${now}
          where id = 1`.execute(tx);
        if (sender !== null) await writeSenderQueue(tx, sender.queue, after(sender, own));
        return isTaken ? wait : null;
      }),

    giveBackLoad: ({ accountMs, sender }) =>
      inTransaction(db, async (tx) => {
        // Whoever changes any of the queues holds this row.
        await sql`update pacing set queue_free_at = queue_free_at - ${accountMs} where id = 1`.execute(tx);
        if (sender === null) return;
        await sql`update sender_queues set free_at = free_at - ${sender.ms} where queue = ${sender.queue}`.execute(tx);
      }),

    async queueState() {
      const found = await sql<Omit<SlotRow, 'next_start_at'>>`
        select queue_free_at, queue_written_at, ${engine.now} as now from pacing where id = 1`.execute(db);
      const { queue_free_at: freeAt, queue_written_at: writtenAt, now } = found.rows[0] ?? NO_PACING;
      return { freeAt: now + backlogMs({ freeAt, writtenAt }, now), now };
    },

    async senderQueues() {
      const found = await sql<{ queue: string; free_at: number; written_at: number; now: number }>`
        select queue, free_at, written_at, ${engine.now} as now from sender_queues`.execute(db);
      return new Map(
        found.rows.map(({ queue, free_at: freeAt, written_at: writtenAt, now }) => [
          queue,
          now + backlogMs({ freeAt, writtenAt }, now),
        ]),
      );
    },

    takeListRequest: (max, windowMs) =>
      inTransaction(db, async (tx) => {
        const found = await sql<{ list_requests: string; now: number }>`
          select list_requests, ${engine.now} as now from pacing where id = 1 ${engine.forUpdate}`.execute(tx);
        const { list_requests: made, now } = found.rows[0] ?? { list_requests: '[]', now: 0 };
        // A time in the future is left over from a clock that was set back.
        const recent = (JSON.parse(made) as number[]).filter((at) => at > now - windowMs && at <= now);
        const oldest = recent[0];
        if (recent.length >= max && oldest !== undefined) return oldest + windowMs - now + 1;
        await tx
          .updateTable('pacing')
          .set({ list_requests: JSON.stringify([...recent, now]) })
          .where('id', '=', 1)
          .execute();
        return 0;
      }),
  };
}

const NO_QUEUE: Queue = { freeAt: 0, writtenAt: 0 };
type SlotRow = { next_start_at: number; queue_free_at: number; queue_written_at: number; now: number };
const NO_PACING: SlotRow = { next_start_at: 0, queue_free_at: 0, queue_written_at: 0, now: 0 };
