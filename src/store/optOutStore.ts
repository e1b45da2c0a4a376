import { type Kysely, sql, type Transaction } from 'kysely';
import type { Numbers } from '../domain/numberList';
import type { OptOutEvent, OptOutSource } from '../domain/optOut';
import { inTransaction, type Database } from './database';
import type { Engine } from './engine';
import { optIn, optOut, recordEvents, type OptOutNote } from './optOutWriting';
import type { Schema } from './schema';

/** One change of somebody's state, whoever made it; `at` in milliseconds since 1970. */
export type OptOutChange = {
  readonly event: OptOutEvent;
  readonly source: OptOutSource;
  readonly note: string | null;
  readonly importId: string | null;
  readonly at: number;
};

/** Somebody who must not be texted. `history` is in order of time. */
export type OptOut = {
  readonly number: string;
  readonly source: OptOutSource;
  readonly optedOutAt: number;
  readonly history: readonly OptOutChange[];
};

/** Where an entry stands in the list; pages go on after a place. */
export type OptOutPlace = { readonly optedOutAt: number; readonly number: string };

export type OptOutStore = {
  find(number: string): Promise<OptOut | null>;
  /** All changes of one number, whether it is opted out now or not, in order of time. */
  historyOf(number: string): Promise<OptOutChange[]>;
  /** Latest first. */
  list(query: { limit: number; after: OptOutPlace | null }): Promise<{ items: OptOut[]; next: OptOutPlace | null }>;
  /** Returns true where the number was not on the list before. */
  add(number: string, by: OptOutNote): Promise<boolean>;
  /** Returns false where the number was not on the list. */
  remove(number: string, by: OptOutNote): Promise<boolean>;
  /** All or nothing. Returns how many were not on the list before. */
  import(numbers: Numbers, by: OptOutNote): Promise<number>;
  /**
   * Takes back what the import added and nobody has confirmed since. Returns how many; null where there is no such
   * import.
   */
  undoImport(importId: string, note: string | null): Promise<number | null>;
};

const IMPORT_CHUNK = 10_000;

export function createOptOutStore({ db, engine }: Database): OptOutStore {
  return {
    async find(number) {
      const row = await db.selectFrom('opt_outs').selectAll().where('recipient_number', '=', number).executeTakeFirst();
      if (row === undefined) return null;
      return {
        number,
        source: row.source,
        optedOutAt: row.opted_out_at,
        history: (await historiesOf(db, engine, [number])).get(number) ?? [],
      };
    },

    historyOf: async (number) => (await historiesOf(db, engine, [number])).get(number) ?? [],

    async list({ limit, after }) {
      let query = db
        .selectFrom('opt_outs')
        .selectAll()
        .orderBy('opted_out_at', 'desc')
        .orderBy('recipient_number', 'desc')
        .limit(limit + 1);
      if (after !== null)
        query = query.where(sql<boolean>`(opted_out_at, recipient_number) < (${after.optedOutAt}, ${after.number})`);
      const rows = await query.execute();
      const shown = rows.slice(0, limit);
      const histories = await historiesOf(
        db,
        engine,
        shown.map((row) => row.recipient_number),
      );
      const items = shown.map((row) => ({
        number: row.recipient_number,
        source: row.source,
        optedOutAt: row.opted_out_at,
        history: histories.get(row.recipient_number) ?? [],
      }));
      return { items, next: rows.length > limit ? (items.at(-1) ?? null) : null };
    },

    add: async (number, by) => (await inTransaction(db, (tx) => optOut(tx, engine, [number], by))).length > 0,

    remove: (number, by) => inTransaction(db, (tx) => optIn(tx, engine, number, by)),

    import: (numbers, by) =>
      inTransaction(db, async (tx) => {
        let added = 0;
        for (let from = 0; from < numbers.length; from += IMPORT_CHUNK)
          added += (await optOut(tx, engine, numbers.slice(from, from + IMPORT_CHUNK), by)).length;
        return added;
      }),

    undoImport: (importId, note) => inTransaction(db, (tx) => undoImport(tx, engine, importId, note)),
  };
}

async function historiesOf(
  db: Kysely<Schema>,
  engine: Engine,
  numbers: readonly string[],
): Promise<Map<string, OptOutChange[]>> {
  const histories = new Map<string, OptOutChange[]>();
  if (numbers.length === 0) return histories;
  const events = await sql<{
    recipient_number: string;
    event: OptOutEvent;
    source: OptOutSource;
    note: string | null;
    import_id: string | null;
    created_at: number;
  }>`
    select e.recipient_number, e.event, e.source, e.note, e.import_id, e.created_at
    from ${engine.stringRows(numbers)} as r join opt_out_events e on e.recipient_number = r.value
    order by e.event_key`.execute(db);
  for (const { recipient_number: number, event, source, note, import_id: importId, created_at: at } of events.rows) {
    const changes = histories.get(number) ?? [];
    changes.push({ event, source, note, importId, at });
    histories.set(number, changes);
  }
  return histories;
}

async function undoImport(
  tx: Transaction<Schema>,
  engine: Engine,
  importId: string,
  note: string | null,
): Promise<number | null> {
  const known = await tx
    .selectFrom('opt_out_events')
    .select('event_key')
    .where('import_id', '=', importId)
    .limit(1)
    .execute();
  if (known.length === 0) return null;
  const removed = await tx
    .deleteFrom('opt_outs')
    .where('import_id', '=', importId)
    .returning('recipient_number')
    .execute();
  const numbers = removed.map((row) => row.recipient_number);
  for (let from = 0; from < numbers.length; from += IMPORT_CHUNK) {
    const by = { source: 'import', note, importId } as const;
    await recordEvents(tx, engine, numbers.slice(from, from + IMPORT_CHUNK), 'opted_in', by);
  }
  return numbers.length;
}
