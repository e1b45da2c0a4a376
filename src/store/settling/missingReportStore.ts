import { sql, type Transaction } from 'kysely';
import { LIKE_ERASED } from '../../domain/numbers/erasedNumber';
import { CounterChanges, updateBroadcast } from '../state/counts/counters';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import type { ClaimRef } from '../sending/settleStore';
import { takeForLook, type CalledBatch } from './dueLook';

/** A sent batch some of whose people have no final state yet. */
export type SilentBatch = CalledBatch & {
  readonly callbackToken: string;
  /** The uuids that Plivo's answer named; null where there was no answer. No other message is of this batch. */
  readonly answered: ReadonlySet<string> | null;
  /** So long ago that nothing more is expected. */
  readonly isOverdue: boolean;
};

export type SilentRecipient = { readonly number: string; readonly messageUuid: string | null };

export type MissingReportStore = {
  /** Takes the sent batch that has been looked at least recently, if its reports are due; no other instance gets it. */
  takeSilentBatch(options: {
    readonly askAfterMs: number;
    readonly giveUpAfterMs: number;
  }): Promise<SilentBatch | null>;
  /** People without a final state who have not been asked about, in order. */
  silentRecipients(batch: ClaimRef, limit: number): Promise<SilentRecipient[]>;
  markAsked(batch: ClaimRef, number: string): Promise<void>;
  /** Nothing more is expected: whoever has no final state is `unknown` from now on, for the reason given. */
  giveUp(batch: ClaimRef, reason: string): Promise<number>;
  /** Everybody has a final state. */
  close(batch: ClaimRef): Promise<void>;
};

/** The states of someone whose message may still arrive. */
const OPEN = ['queued', 'sent'] as const;

export function createMissingReportStore({ db, engine }: Database): MissingReportStore {
  return {
    takeSilentBatch: (options) => inTransaction(db, (tx) => takeSilentBatch(tx, engine, options)),

    async silentRecipients(batch, limit) {
      const rows = await db
        .selectFrom('broadcast_recipients')
        .select(['recipient_number', 'plivo_message_uuid'])
        .where('broadcast_key', '=', batch.broadcastKey)
        .where('batch_number', '=', batch.number)
        .where('status', 'in', OPEN)
        .where('recipient_number', 'not like', LIKE_ERASED)
        .orderBy('asked_at', (order) => order.asc().nullsFirst())
        .orderBy('position')
        .limit(limit)
        .execute();
      return rows.map((row) => ({ number: row.recipient_number, messageUuid: row.plivo_message_uuid }));
    },

    async markAsked(batch, number) {
      await db
        .updateTable('broadcast_recipients')
        .set({ asked_at: engine.now })
        .where('broadcast_key', '=', batch.broadcastKey)
        .where('recipient_number', '=', number)
        .execute();
    },

    giveUp: (batch, reason) => inTransaction(db, (tx) => giveUp(tx, engine, batch, reason)),

    async close(batch) {
      await closeReports(db, engine, batch);
    },
  };
}

async function takeSilentBatch(
  tx: Transaction<Schema>,
  engine: Engine,
  { askAfterMs, giveUpAfterMs }: { askAfterMs: number; giveUpAfterMs: number },
): Promise<SilentBatch | null> {
  const [found] = await takeForLook(tx, engine, {
    columns: sql<{ callback_token: string; plivo_message_uuids: string | null; is_overdue: boolean | number }>`
      b.callback_token, b.plivo_message_uuids, b.claimed_at + ${giveUpAfterMs} <= ${engine.now} as is_overdue`,
    isDue: sql`b.status = 'sent' and b.reports_closed_at is null
      and b.claimed_at <= ${engine.now} - ${Math.min(askAfterMs, giveUpAfterMs)}
      and (b.last_look_at is null or b.last_look_at <= ${engine.now} - ${askAfterMs} or b.last_look_at > ${engine.now}
        or b.claimed_at + ${giveUpAfterMs} <= ${engine.now})`,
    order: sql`b.claimed_at`,
    limit: 1,
  });
  if (found === undefined) return null;
  const { called, columns } = found;
  const answered = columns.plivo_message_uuids;
  return {
    ...called,
    callbackToken: columns.callback_token,
    answered: answered === null ? null : new Set(JSON.parse(answered) as string[]),
    isOverdue: Boolean(columns.is_overdue),
  };
}

async function giveUp(tx: Transaction<Schema>, engine: Engine, batch: ClaimRef, reason: string): Promise<number> {
  await sql`select 1 from batches where broadcast_key = ${batch.broadcastKey} and number = ${batch.number}
    ${engine.forUpdate}`.execute(tx);
  const changes = new CounterChanges();
  let given = 0;
  for (const status of OPEN) {
    const moved = await tx
      .updateTable('broadcast_recipients')
      .set({ status: 'unknown', error_reason: reason, status_updated_at: engine.now })
      .where('broadcast_key', '=', batch.broadcastKey)
      .where('batch_number', '=', batch.number)
      .where('status', '=', status)
      .executeTakeFirst();
    changes.moveRecipients(status, 'unknown', Number(moved.numUpdatedRows));
    given += Number(moved.numUpdatedRows);
  }
  await closeReports(tx, engine, batch);
  await updateBroadcast(tx, engine, batch.broadcastKey, { changes });
  return given;
}

async function closeReports(db: Database['db'] | Transaction<Schema>, engine: Engine, batch: ClaimRef): Promise<void> {
  await db
    .updateTable('batches')
    .set({ reports_closed_at: engine.now })
    .where('broadcast_key', '=', batch.broadcastKey)
    .where('number', '=', batch.number)
    .execute();
}
