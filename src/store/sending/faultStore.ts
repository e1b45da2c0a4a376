import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import {
  faultKindOf,
  isGraver,
  isSameTrouble,
  type CallsSince,
  type FaultKind,
} from '../../domain/outcome/dispatchFault';
import { tell } from '../state/told';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { PacingTable, Schema } from '../engine/schema';
import type { BatchError } from './settleStore';

/** What stops dispatch for everybody: see `FaultKind`. */
export type DispatchFault = BatchError & {
  readonly kind: FaultKind;
  readonly since: number;
  /** Calls that have met it, those under way together as one. */
  readonly tries: number;
  /** When the next call may be made; 0 for now. */
  readonly retryInMs: number;
  /** Plivo has asked not to be called until then, by anybody. */
  readonly isAskedFor: boolean;
};

export type FaultStore = {
  current(): Promise<DispatchFault | null>;
  /**
   * A call has met the fault: dispatch rests for as long as `pauseFor` says, or Plivo has asked for. Calls that were under
   * way together meet one fault once. Returns how many milliseconds are left.
   */
  record(fault: BatchError, pauseFor: (tries: number) => number, askedForMs?: number): Promise<number>;
  /** Returns true when a fault of one of these kinds was there and is now over. */
  clear(kinds: readonly FaultKind[]): Promise<boolean>;
  /** Takes the one call that feels whether the fault is over; false where that is another's, or it is too early. */
  takeProbe(forMs: number): Promise<boolean>;
  /** That call told nothing: another may. */
  releaseProbe(): Promise<void>;
  /** What the calls for other batches met that were claimed after `since`, milliseconds since 1970. */
  callsSince(batch: { readonly broadcastKey: number; readonly number: number }, since: number): Promise<CallsSince>;
};

/** No call is under way for longer; a later end comes from a clock that was set back. */
const LONGEST_PROBE_MS = 900_000;
const CLOCK_STEP_MS = 1000;
/** Enough to judge by. */
const MOST_CALLS = 1000;

export function createFaultStore({ db, engine }: Database): FaultStore {
  return {
    async current() {
      const row = await read(db, engine);
      if (row.fault_code === null) return null;
      return {
        kind: faultKindOf(row.fault_code),
        code: row.fault_code,
        status: row.fault_status,
        reason: row.fault_reason ?? '',
        since: row.fault_since ?? 0,
        tries: row.fault_tries,
        retryInMs: Math.max(pauseLeft(row), probeLeft(row)),
        isAskedFor: pauseLeft(row) > 0 && (row.asked_in ?? 0) > 0,
      };
    },

    record: (fault, pauseFor, askedForMs = 0) =>
      inTransaction(db, async (tx) => {
        const before = await read(tx, engine, engine.forUpdate);
        const left = pauseLeft(before);
        const isOneMore = left > 0 && !isNews(before, fault);
        if (isOneMore && askedForMs <= left) return left;
        if (!isOneMore) await writeFault(tx, fault, triesOf(before, fault));
        const restMs = Math.max(isOneMore ? left : pauseFor(triesOf(before, fault)), askedForMs);
        const askedUntil = askedForMs === 0 ? sql`fault_asked_until` : sql`${engine.now} + ${askedForMs}`;
        await sql`
          update pacing set fault_since = coalesce(fault_since, ${engine.now}), fault_probe_until = null,
            fault_asked_until = ${askedUntil}, fault_retry_at = ${engine.now} + ${restMs}, fault_pause_ms = ${restMs}
          where id = 1`.execute(tx);
        if (!isOneMore && before.fault_code !== fault.code) await tellOfFault(tx, engine, fault);
        return restMs;
      }),

    async clear(kinds) {
      const row = await read(db, engine);
      if (row.fault_code === null || !kinds.includes(faultKindOf(row.fault_code))) return false;
      const cleared = await sql`
        update pacing set fault_status = null, fault_code = null, fault_reason = null, fault_since = null,
          fault_tries = 0, fault_retry_at = null, fault_pause_ms = null, fault_probe_until = null,
          fault_asked_until = null
        where id = 1 and fault_code = ${row.fault_code}`.execute(db);
      return (cleared.numAffectedRows ?? 0n) > 0n;
    },

    takeProbe: (forMs) =>
      inTransaction(db, async (tx) => {
        const row = await read(tx, engine, engine.forUpdate);
        if (row.fault_code === null) return true;
        if (pauseLeft(row) > 0 || probeLeft(row) > 0) return false;
        await sql`update pacing set fault_probe_until = ${engine.now} + ${forMs} where id = 1`.execute(tx);
        return true;
      }),

    async releaseProbe() {
      await sql`update pacing set fault_probe_until = null where id = 1 and fault_probe_until is not null`.execute(db);
    },

    async callsSince({ broadcastKey, number }, since) {
      const found = await sql<CallsSince>`
        select coalesce(sum(case when messages_taken is not null then 1 else 0 end), 0) as taken,
          coalesce(sum(case when refused_at > ${since} then 1 else 0 end), 0) as refused
        from (
          select messages_taken, refused_at from batches
          where claimed_at > ${since} and not (broadcast_key = ${broadcastKey} and number = ${number})
          limit ${MOST_CALLS}
        ) as calls`.execute(db);
      return found.rows[0] ?? { taken: 0, refused: 0 };
    },
  };
}

/** What a person has to put right; a line that is down comes back by itself. */
const NEEDS_A_PERSON: ReadonlySet<FaultKind> = new Set(['account', 'forbidden', 'funds']);

async function tellOfFault(
  tx: Transaction<Schema>,
  engine: Engine,
  { code, status, reason }: BatchError,
): Promise<void> {
  if (!NEEDS_A_PERSON.has(faultKindOf(code))) return;
  await tell(tx, engine, [{ event: 'account.fault', data: { code, plivoStatus: status, message: reason } }]);
}

type FaultRow = PacingTable & {
  readonly retry_in: number | null;
  readonly probe_in: number | null;
  readonly asked_in: number | null;
};

async function read(db: Kysely<Schema>, engine: Engine, lock: RawBuilder<unknown> = sql``): Promise<FaultRow> {
  const found = await sql<FaultRow>`
    select pacing.*, fault_retry_at - ${engine.now} as retry_in, fault_probe_until - ${engine.now} as probe_in,
      fault_asked_until - ${engine.now} as asked_in
    from pacing where id = 1 ${lock}`.execute(db);
  const row = found.rows[0];
  if (row === undefined) throw new Error('The pacing row is missing.');
  return row;
}

function pauseLeft({ fault_code: code, retry_in: left, fault_pause_ms: pauseMs }: FaultRow): number {
  if (code === null || left === null || left > (pauseMs ?? 0) + CLOCK_STEP_MS) return 0;
  return Math.max(0, left);
}

const probeLeft = ({ probe_in: left }: FaultRow): number =>
  left === null || left > LONGEST_PROBE_MS ? 0 : Math.max(0, left);

const isNews = ({ fault_code: code }: FaultRow, fault: BatchError): boolean =>
  code === null || isGraver(faultKindOf(fault.code), faultKindOf(code));

const triesOf = ({ fault_code: code, fault_tries: tries }: FaultRow, fault: BatchError): number =>
  code !== null && isSameTrouble(faultKindOf(code), faultKindOf(fault.code)) ? tries + 1 : 1;

async function writeFault(tx: Transaction<Schema>, { status, code, reason }: BatchError, tries: number): Promise<void> {
  await tx
    .updateTable('pacing')
    .set({ fault_status: status, fault_code: code, fault_reason: reason, fault_tries: tries })
    .where('id', '=', 1)
    .execute();
}
