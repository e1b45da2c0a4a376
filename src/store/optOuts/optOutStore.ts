import { type Kysely, sql } from 'kysely';
import type { Numbers } from '../../domain/numbers/numberList';
import type { OptOutEvent, OptOutSource } from '../../domain/states/optOut';
import { masked } from '../../domain/access/audit';
import { record } from '../access/auditLog';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import { pageOf, type Page } from '../engine/page';
import { isHashedColumn } from '../state/guards/hashedNumber';
import { namesOnTheList } from '../state/guards/optedOut';
import { importInSteps } from './optOutImport';
import { finishUndos, undoImport } from './optOutUndo';
import { optIn, optOut, type OptOutNote } from './optOutWriting';
import type { OptOutsTable, Schema } from '../engine/schema';

/** One change of somebody's state, whoever made it; `at` in milliseconds since 1970. */
export type OptOutChange = {
  /** In the order in which all changes were written. */
  readonly key: number;
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
  /** Latest first; of erased people, of whom a hash is left, none. */
  list(query: { limit: number; after: OptOutPlace | null }): Promise<Page<OptOut, OptOutPlace>>;
  /** Returns true where the number was not on the list before. */
  add(number: string, by: OptOutNote): Promise<boolean>;
  /** Returns false where the number was not on the list. */
  remove(number: string, by: OptOutNote): Promise<boolean>;
  /**
   * All or none: what a failure or a crash interrupts is taken back. In steps, between which others get their turn. Who
   * says START meanwhile is left out. Returns how many were not on the list before.
   */
  import(importId: string, numbers: Numbers): Promise<number>;
  /**
   * Takes back what the import added and nobody has confirmed since, in steps; what a crash interrupts, `finishUndos` ends.
   * Returns how many; null where there is no such import, or it has not come to its end.
   */
  undoImport(importId: string, note: string | null): Promise<number | null>;
  /** Ends what dead processes have begun: takes back the imports that were under way, and those half taken back. */
  finishUndos(): Promise<void>;
};

export function createOptOutStore(database: Database): OptOutStore {
  const { db, engine } = database;
  const historyUnder = async (names: readonly string[]) => {
    const histories = await historiesOf(db, engine, names);
    return names.flatMap((name) => histories.get(name) ?? []).sort((one, other) => one.key - other.key);
  };
  return {
    async find(number) {
      const names = await namesOnTheList(db, number);
      const rows = await db.selectFrom('opt_outs').selectAll().where('recipient_number', 'in', names).execute();
      const row = rows.find((one) => one.recipient_number === number) ?? rows[0];
      if (row === undefined) return null;
      const optedOutAt = Math.min(...rows.map((one) => one.opted_out_at));
      return { number, source: row.source, optedOutAt, history: await historyUnder(names) };
    },

    historyOf: async (number) => await historyUnder(await namesOnTheList(db, number)),

    async list({ limit, after }) {
      let query = db
        .selectFrom('opt_outs')
        .selectAll()
        .where(sql<boolean>`not ${isHashedColumn('recipient_number')}`)
        .orderBy('opted_out_at', 'desc')
        .orderBy('recipient_number', 'desc')
        .limit(limit + 1);
      if (after !== null)
        query = query.where(sql<boolean>`(opted_out_at, recipient_number) < (${after.optedOutAt}, ${after.number})`);
      const rows = await query.execute();
      const { items, next } = pageOf(rows, limit, (row) => ({
        optedOutAt: row.opted_out_at,
        number: row.recipient_number,
      }));
      return { items: await withHistories(db, engine, items), next };
    },

    add: (number, by) =>
      inTransaction(db, async (tx) => {
        const isNew = (await optOut(tx, engine, [number], by)).length > 0;
        await record(tx, engine, { action: 'optOut.added', subject: masked(number) });
        return isNew;
      }),

    remove: (number, by) =>
      inTransaction(db, async (tx) => {
        const wasThere = await optIn(tx, engine, number, by);
        if (wasThere) await record(tx, engine, { action: 'optOut.removed', subject: masked(number) });
        return wasThere;
      }),

    import: (importId, numbers) => importInSteps(database, importId, numbers),

    undoImport: (importId, note) => undoImport(database, importId, note),

    finishUndos: () => finishUndos(database),
  };
}

async function withHistories(
  db: Kysely<Schema>,
  engine: Engine,
  rows: readonly Pick<OptOutsTable, 'recipient_number' | 'source' | 'opted_out_at'>[],
): Promise<OptOut[]> {
  const numbers = rows.map((row) => row.recipient_number);
  const histories = await historiesOf(db, engine, numbers);
  return rows.map((row) => ({
    number: row.recipient_number,
    source: row.source,
    optedOutAt: row.opted_out_at,
    history: histories.get(row.recipient_number) ?? [],
  }));
}

async function historiesOf(
  db: Kysely<Schema>,
  engine: Engine,
  numbers: readonly string[],
): Promise<Map<string, OptOutChange[]>> {
  const histories = new Map<string, OptOutChange[]>();
  if (numbers.length === 0) return histories;
  const events = await sql<{
    event_key: number;
    recipient_number: string;
    event: OptOutEvent;
    source: OptOutSource;
    note: string | null;
    import_id: string | null;
    created_at: number;
  }>`
    select e.event_key, e.recipient_number, e.event, e.source, e.note, e.import_id, e.created_at
    from ${engine.stringRows(numbers)} as r join opt_out_events e on e.recipient_number = r.value
    order by e.event_key`.execute(db);
  for (const {
    event_key: key,
    recipient_number: number,
    import_id: importId,
    created_at: at,
    ...change
  } of events.rows) {
    const changes = histories.get(number) ?? [];
    changes.push({ key, event: change.event, source: change.source, note: change.note, importId, at });
    histories.set(number, changes);
  }
  return histories;
}
