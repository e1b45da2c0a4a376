import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import { charge, handOver, stillWaiting, takeBack, totalOf, type HandedOver } from '../../domain/money/handedOver';
import type { KnownCost } from '../../domain/money/segmentPrice';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';

/** Amounts in billionths of the account's currency. */
export type BudgetState = {
  /** What may still be handed over; null where nothing limits it, or nobody knows. */
  readonly left: number | null;
  /** What the account had when Plivo was last asked; null where it has not told. */
  readonly balance: number | null;
  /** What Plivo was handed and is not known to have charged. */
  readonly handed: number;
  /** What the last call that was denied would have cost; 0 once there is enough for it, or its broadcast is not to go on. */
  readonly needed: number;
};

/** What the account said: `open`: it has no limit; `unknown`: nothing. */
export type BalanceWord =
  { readonly kind: 'known'; readonly nanos: number } | { readonly kind: 'open' } | { readonly kind: 'unknown' };

export type BudgetStore = {
  current(): Promise<BudgetState>;
  /** Whether the account was asked, perhaps in vain, within so many milliseconds. */
  isFresh(withinMs: number): Promise<boolean>;
  /** Takes the right to ask for `forMs`; false where another has it, or the account was asked within `everyMs`. */
  takeTurn(turn: { readonly everyMs: number; readonly forMs: number }): Promise<boolean>;
  /**
   * What came of asking. A word that says nothing leaves everything as it was.
   */
  note(word: BalanceWord, rules: BudgetRules): Promise<BudgetState>;
  /** Takes what a call of a broadcast costs off what may be handed over; false, with nothing taken, where that is too little. */
  take(nanos: number, broadcastKey: number): Promise<boolean>;
  /** Plivo did not take what was handed to it. */
  giveBack(nanos: number): Promise<void>;
  knownCost(broadcastKey: number): Promise<KnownCost>;
};

export type BudgetRules = {
  /** What is to stay in the account. */
  readonly minNanos: number;
  /** What waited with Plivo for longer is no longer there. */
  readonly longestWaitMs: number;
};

/** Nobody asks for longer; a later end comes from a clock that was set back. */
const LONGEST_TURN_MS = 60_000;

export function createBudgetStore({ db, engine }: Database): BudgetStore {
  return {
    current: async () => budgetOf(await read(db, engine)),

    async isFresh(withinMs) {
      return isRecent(await read(db, engine), withinMs);
    },

    takeTurn: ({ everyMs, forMs }) =>
      inTransaction(db, async (tx) => {
        const row = await read(tx, engine, engine.forUpdate);
        const { budget_asked_until: until, now } = row;
        const isAsking = until !== null && until > now && until <= now + LONGEST_TURN_MS;
        if (isAsking || isRecent(row, everyMs)) return false;
        await sql`update pacing set budget_asked_until = ${now + forMs} where id = 1`.execute(tx);
        return true;
      }),

    note: (word, { minNanos, longestWaitMs }) =>
      inTransaction(db, async (tx) => {
        const row = await read(tx, engine, engine.forUpdate);
        const balance = word.kind === 'known' ? word.nanos : row.budget_balance;
        const spent = balance === null || row.budget_balance === null ? 0 : row.budget_balance - balance;
        const handed = stillWaiting(charge(handedOf(row), spent), row.now, longestWaitMs);
        const left = leftOf(word, row.budget_left, minNanos + totalOf(handed));
        const needed = left === null || left >= row.budget_needed ? 0 : row.budget_needed;
        await write(tx, { left, handed });
        await sql`
          update pacing set budget_balance = ${balance}, budget_needed = ${needed},
            budget_read_at = ${row.now}, budget_asked_until = null
          where id = 1`.execute(tx);
        return { left, balance, handed: totalOf(handed), needed };
      }),

    take: (nanos, broadcastKey) =>
      inTransaction(db, async (tx) => {
        const row = await read(tx, engine, engine.forUpdate);
        const { budget_left: left, now } = row;
        if (left !== null && left < nanos) {
          await sql`update pacing set budget_needed = ${nanos}, budget_needed_by = ${broadcastKey} where id = 1`.execute(
            tx,
          );
          return false;
        }
        await write(tx, { left: left === null ? null : left - nanos, handed: handOver(handedOf(row), nanos, now) });
        return true;
      }),

    giveBack: (nanos) =>
      inTransaction(db, async (tx) => {
        const row = await read(tx, engine, engine.forUpdate);
        const left = row.budget_left === null ? null : row.budget_left + nanos;
        await write(tx, { left, handed: takeBack(handedOf(row), nanos) });
      }),

    knownCost: (broadcastKey) => knownCost(db, broadcastKey),
  };
}

type BudgetRow = {
  readonly budget_left: number | null;
  readonly budget_balance: number | null;
  readonly budget_needed: number;
  readonly budget_handed: string;
  readonly budget_read_at: number | null;
  readonly budget_asked_until: number | null;
  readonly now: number;
};

/** Its batch may be on its way back. */
const isAskerUnderWay = sql`exists (
  select 1 from broadcasts where broadcast_key = budget_needed_by and status in ('queued', 'processing')
    and batches_pending + batches_sending > 0)`;

async function read(db: Kysely<Schema>, engine: Engine, lock: RawBuilder<unknown> = sql``): Promise<BudgetRow> {
  const found = await sql<BudgetRow>`
    select budget_left, budget_balance, budget_handed, budget_read_at, budget_asked_until, ${engine.now} as now,
      case when budget_needed_by is null or ${isAskerUnderWay} then budget_needed else 0 end as budget_needed
    from pacing where id = 1 ${lock}`.execute(db);
  const row = found.rows[0];
  if (row === undefined) throw new Error('The pacing row is missing.');
  return row;
}

async function write(
  tx: Transaction<Schema>,
  { left, handed }: { readonly left: number | null; readonly handed: HandedOver },
): Promise<void> {
  await tx
    .updateTable('pacing')
    .set({ budget_left: left, budget_handed: JSON.stringify(handed) })
    .where('id', '=', 1)
    .execute();
}

const handedOf = ({ budget_handed: handed }: BudgetRow): HandedOver => JSON.parse(handed) as HandedOver;

const budgetOf = (row: BudgetRow): BudgetState => ({
  left: row.budget_left,
  balance: row.budget_balance,
  handed: totalOf(handedOf(row)),
  needed: row.budget_needed,
});

const isRecent = ({ budget_read_at: at, now }: BudgetRow, withinMs: number): boolean =>
  at !== null && at <= now && now - at < withinMs;

function leftOf(word: BalanceWord, before: number | null, spokenFor: number): number | null {
  if (word.kind === 'unknown') return before;
  return word.kind === 'open' ? null : word.nanos - spokenFor;
}

async function knownCost(db: Kysely<Schema>, broadcastKey: number): Promise<KnownCost> {
  const countries = await db
    .selectFrom('broadcast_countries')
    .select(['estimated_nanos', 'units', 'cost_nanos'])
    .where('broadcast_key', '=', broadcastKey)
    .execute();
  const broadcast = await db
    .selectFrom('broadcasts')
    .select(['currency', 'segments_total'])
    .where('broadcast_key', '=', broadcastKey)
    .executeTakeFirstOrThrow();
  return {
    currency: broadcast.currency,
    segments: broadcast.segments_total,
    estimatedNanos: countries.reduce<number | null>(
      (all, { estimated_nanos: nanos }) => (all === null || nanos === null ? null : all + nanos),
      0,
    ),
    billedNanos: countries.reduce((all, { cost_nanos: nanos }) => all + nanos, 0),
    billedUnits: countries.reduce((all, { units }) => all + units, 0),
  };
}
