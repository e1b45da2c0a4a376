import { sql, type Transaction } from 'kysely';
import { onceDone } from '../../domain/errors';
import type { ApprovalState } from '../../domain/states/approvalState';
import { BROADCAST_STATES, type BroadcastEvent, type BroadcastStatus } from '../../domain/states/broadcastState';
import { nextState } from '../../domain/states/stateTable';
import { record } from '../access/auditLog';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { writeStatus } from '../state/counts/counters';

/** Who decides: by the name that no other has, and as it is shown. Null where nobody has to say who they are. */
export type Decider = { readonly id: string | null; readonly name: string | null };

export type Decided =
  | { readonly kind: 'done' }
  | { readonly kind: 'unknown' }
  /** Nobody is asked any more. */
  | { readonly kind: 'forbidden'; readonly status: string }
  /** Who has made it does not decide. */
  | { readonly kind: 'own' }
  /** Something else was looked at than what would go. */
  | { readonly kind: 'otherDigest' };

export type ApprovalStore = {
  /** Lets go what has this digest: at once, or when its time comes. Of two at the same moment the second finds it decided. */
  approve(id: string, digest: string, by: Decider): Promise<Decided>;
  /** Nobody is texted by it. */
  reject(id: string, reason: string, by: Decider): Promise<Decided>;
  /** Ends what nobody has decided in time; returns the ids. */
  expireDue(): Promise<string[]>;
};

type Row = {
  readonly broadcast_key: number;
  readonly id: string;
  readonly status: BroadcastStatus;
  readonly creator_id: string | null;
  readonly approval_digest: string | null;
  readonly is_late: boolean | number | null;
  readonly is_early: boolean | number | null;
};

export function createApprovalStore(database: Database, finishCancelling: () => Promise<void>): ApprovalStore {
  const { db, engine } = database;
  return {
    approve: (id, digest, by) =>
      inTransaction(db, async (tx) => {
        const found = await decidable(tx, engine, id, by);
        if ('kind' in found) return found;
        if (found.approval_digest !== digest) return { kind: 'otherDigest' };
        const event = found.is_early ? 'approveEarly' : 'approve';
        await decide(tx, engine, found, { event, state: 'approved', by: by.name, reason: null });
        return { kind: 'done' };
      }),

    // In two steps, as to cancel: what a crash leaves of the second, the lease watch does.
    async reject(id, reason, by) {
      const rejected = await inTransaction(db, async (tx): Promise<Decided> => {
        const found = await decidable(tx, engine, id, by);
        if ('kind' in found) return found;
        await decide(tx, engine, found, { event: 'reject', state: 'rejected', by: by.name, reason });
        return { kind: 'done' };
      });
      if (rejected.kind === 'done') await finishCancelling().catch(onceDone);
      return rejected;
    },

    async expireDue() {
      // Literals, so that the partial index is used.
      const due = await sql<{ id: string }>`
        select id from broadcasts
        where status = 'awaiting_approval' and approval_until <= ${engine.now} and hidden is null`.execute(db);
      const expired: string[] = [];
      for (const { id } of due.rows) if (await inTransaction(db, (tx) => expire(tx, engine, id))) expired.push(id);
      return expired;
    },
  };
}

async function read(tx: Transaction<Schema>, engine: Engine, id: string): Promise<Row | undefined> {
  const found = await sql<Row>`
    select broadcast_key, id, status, creator_id, approval_digest, approval_until <= ${engine.now} as is_late,
      scheduled_at > ${engine.now} as is_early
    from broadcasts where id = ${id} and hidden is null ${engine.forUpdate}`.execute(tx);
  return found.rows[0];
}

/** The row, locked, where this one may decide about it now; else why not. */
async function decidable(tx: Transaction<Schema>, engine: Engine, id: string, by: Decider): Promise<Row | Decided> {
  const row = await read(tx, engine, id);
  if (row === undefined) return { kind: 'unknown' };
  if (row.creator_id === by.id) return { kind: 'own' };
  if (row.status !== 'awaiting_approval') return { kind: 'forbidden', status: row.status };
  return row.is_late ? { kind: 'forbidden', status: 'past its time' } : row;
}

async function expire(tx: Transaction<Schema>, engine: Engine, id: string): Promise<boolean> {
  const row = await read(tx, engine, id);
  if (row?.status !== 'awaiting_approval' || !row.is_late) return false;
  const reason = 'Nobody approved it in time.';
  await decide(tx, engine, row, { event: 'expire', state: 'expired', by: null, reason });
  return true;
}

async function decide(
  tx: Transaction<Schema>,
  engine: Engine,
  { broadcast_key: broadcastKey, id, status }: Row,
  decision: {
    event: BroadcastEvent;
    state: Exclude<ApprovalState, 'pending' | 'withdrawn'>;
    by: string | null;
    reason: string | null;
  },
): Promise<void> {
  const next = nextState(BROADCAST_STATES, status, decision.event);
  if (next === null) throw new Error('What is locked and waits for a decision cannot be decided.');
  await writeStatus(tx, engine, broadcastKey, status, next);
  await sql`
    update broadcasts set approval_state = ${decision.state}, approval_by = ${decision.by}, approval_at = ${engine.now},
      approval_reason = ${decision.reason}, turn_at = ${engine.now}
    where broadcast_key = ${broadcastKey}`.execute(tx);
  const { state, reason } = decision;
  await record(tx, engine, {
    action: `broadcast.${state}`,
    subject: id,
    ...(reason === null ? {} : { details: { reason } }),
    ...(state === 'expired' ? { bySelf: true } : {}),
  });
}
