import { sql } from 'kysely';
import type { Database } from './database';
import type { PacingTable } from './schema';
import type { BatchError } from './settleStore';

/** A fault of the Plivo account (credit, credentials, permission) that stops dispatch for everybody. */
export type AccountFault = BatchError & { readonly since: number; readonly tries: number; readonly retryInMs: number };

export type PacingStore = {
  /** Takes the next slot for a Plivo call, account-wide. Returns in how many milliseconds it begins. */
  takeSlot(delayMs: number): Promise<number>;
  /** Stops dispatch until `retryInMs` from now; called again for each try that meets the fault. */
  recordFault(fault: BatchError, retryInMs: (tries: number) => number): Promise<void>;
  /** Returns true when a fault was there and is now over. */
  clearFault(): Promise<boolean>;
  currentFault(): Promise<AccountFault | null>;
};

/** Slots are never that far ahead unless the clock was set back; then the spacing starts afresh. */
const furthestSlotMs = (delayMs: number) => Math.max(10_000, 100 * delayMs);
const LONGEST_FAULT_WAIT_MS = 120_000;

export function createPacingStore({ db, engine }: Database): PacingStore {
  return {
    async takeSlot(delayMs) {
      const taken = await sql<{ wait: number }>`
        update pacing set next_start_at =
          case when next_start_at > ${engine.now} and next_start_at <= ${engine.now} + ${furthestSlotMs(delayMs)}
            then next_start_at + ${delayMs} else ${engine.now} + ${delayMs} end
        where id = 1
        returning next_start_at - ${delayMs} - ${engine.now} as wait`.execute(db);
      return Math.max(0, taken.rows[0]?.wait ?? 0);
    },

    async recordFault(fault, retryInMs) {
      const before = await read(db);
      const tries = before.fault_tries + 1;
      await sql`
        update pacing set fault_status = ${fault.status}, fault_code = ${fault.code}, fault_reason = ${fault.reason},
          fault_since = coalesce(fault_since, ${engine.now}), fault_tries = ${tries},
          fault_retry_at = ${engine.now} + ${Math.min(retryInMs(tries), LONGEST_FAULT_WAIT_MS)}
        where id = 1`.execute(db);
    },

    async clearFault() {
      const cleared = await sql`
        update pacing set fault_status = null, fault_code = null, fault_reason = null, fault_since = null,
          fault_tries = 0, fault_retry_at = null
        where id = 1 and fault_code is not null`.execute(db);
      return Number(cleared.numAffectedRows ?? 0) > 0;
    },

    async currentFault() {
      const found = await sql<PacingTable & { retry_in: number | null }>`
        select pacing.*, fault_retry_at - ${engine.now} as retry_in from pacing where id = 1`.execute(db);
      const row = found.rows[0];
      if (row === undefined || row.fault_code === null) return null;
      const retryInMs = row.retry_in ?? 0;
      return {
        code: row.fault_code,
        status: row.fault_status,
        reason: row.fault_reason ?? '',
        since: row.fault_since ?? 0,
        tries: row.fault_tries,
        retryInMs: retryInMs > LONGEST_FAULT_WAIT_MS ? 0 : Math.max(0, retryInMs),
      };
    },
  };
}

const read = (db: Database['db']) => db.selectFrom('pacing').selectAll().where('id', '=', 1).executeTakeFirstOrThrow();
