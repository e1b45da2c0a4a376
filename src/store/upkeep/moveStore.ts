import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../engine/database';
import { schemaStanding } from '../engine/migrations';
import { DatabaseMovedError, isMoveStep, type Move, noteMove, readMove, readNote } from '../engine/movedFile';
import type { Schema } from '../engine/schema';
import { copyRows, countRows, goOnNumbering } from './moveRows';
import { columnsOfSource, type MovedTable, tablesOfTarget } from './moveTables';
import { verifyDatabase } from './verifyStore';

/** Nothing was moved, and nothing was changed; the message says why, and what to do. */
export class MoveRefusedError extends Error {}

export type MoveOptions = {
  /** Told of each table once it is copied. */
  readonly onTable: (table: string, rows: number) => void;
  readonly move: Move;
};

/** What a new database has of itself; the source's rows take their place. */
const WRITTEN_BY_MIGRATIONS: readonly string[] = ['pacing', 'secrets'];

/**
 * @throws MoveRefusedError where the file cannot be moved as it is
 * @throws DatabaseMovedError where it has moved
 */
export async function checkSource({ db, engine }: Database): Promise<void> {
  const before = await readMove(db);
  if (before?.state === 'moved') throw new DatabaseMovedError(before);
  const { applied, missing, foreign } = await schemaStanding(db as unknown as Kysely<never>, engine);
  if (applied === 0) throw new MoveRefusedError('The file holds no database of this service.');
  if (foreign.some((step) => !isMoveStep(step)))
    throw new MoveRefusedError('The file is of a newer version of this service: move it with that one.');
  if (missing > 0)
    throw new MoveRefusedError(
      'The file is of an older version of this service: start this version on it once and stop it, which brings it up to date.',
    );
}

/**
 * The table that keeps a target from being filled, null where none does. A service that was started on it counts: it
 * has settings of its own.
 */
export async function filledTable(db: Kysely<Schema>): Promise<string | null> {
  for (const { name } of await tablesOfTarget(db)) {
    if (WRITTEN_BY_MIGRATIONS.includes(name)) continue;
    const { rows } = await sql`select 1 from ${sql.table(name)} limit 1`.execute(db);
    if (rows.length > 0) return name;
  }
  return null;
}

/**
 * The move of this file that was carried out already, where only the note of it is missing; else null.
 *
 * @throws DatabaseMovedError where it was being moved to somewhere else
 */
export async function carriedOut(source: Database, target: Database, to: string): Promise<Move | null> {
  const before = await readMove(source.db);
  if (before === null) return null;
  if ((await readNote(target.db))?.token === before.token) return before;
  if (before.target !== to) throw new DatabaseMovedError(before);
  return null;
}

/**
 * Copies everything and checks it, in one transaction of each database. The file's is committed first, with the note that
 * it moves: whatever happens between the two commits, no service starts on the file, and another run finds out the rest.
 *
 * @throws MoveRefusedError; then both are as they were
 */
export async function moveRows(source: Database, target: Database, options: MoveOptions): Promise<void> {
  await target.db.transaction().execute(async (to) => {
    // The source answers a slice of a large table, or a count, when it has it.
    await sql`set local idle_in_transaction_session_timeout = 0`.execute(to);
    const tables = await tablesOfTarget(to);
    await lock(to, tables);
    await source.db.transaction().execute(async (from) => {
      // The first statement writes: from here on no other command writes into the file.
      await noteMove(from, options.move);
      await refuseUnlike(from, tables);
      await copyAll(from, to, target, tables, options);
      await sql`analyze`.execute(to);
      await refuseFaults({ ...target, db: to });
    });
  });
  await noteMove(source.db, { ...options.move, state: 'moved' });
}

/** A service that is started on the target meanwhile waits, and then finds everything. */
async function lock(to: Transaction<Schema>, tables: readonly MovedTable[]): Promise<void> {
  const names = ['kysely_migration', 'kysely_migration_lock', ...tables.map(({ name }) => name)];
  await sql`lock table ${sql.join(names.map((name) => sql.table(name)))} in access exclusive mode`.execute(to);
  const filled = await filledTable(to);
  if (filled !== null) throw notEmpty(filled);
}

export const notEmpty = (table: string): MoveRefusedError =>
  new MoveRefusedError(
    `The target is not empty: there are rows in ${table}. Name a new database (createdb), on which no service was started.`,
  );

async function refuseUnlike(from: Kysely<Schema>, tables: readonly MovedTable[]): Promise<void> {
  const source = await columnsOfSource(from);
  const unlike = [
    ...tables.filter(
      ({ name, columns }) => [...(source.get(name) ?? [])].sort().join() !== Object.keys(columns).sort().join(),
    ),
    ...[...source.keys()].filter((name) => tables.every((table) => table.name !== name)).map((name) => ({ name })),
  ];
  const [first] = unlike;
  if (first !== undefined) throw new MoveRefusedError(`The table ${first.name} is not the same on both sides.`);
}

async function copyAll(
  from: Kysely<Schema>,
  to: Kysely<Schema>,
  { engine }: Database,
  tables: readonly MovedTable[],
  { onTable }: MoveOptions,
): Promise<void> {
  for (const name of WRITTEN_BY_MIGRATIONS) await sql`delete from ${sql.table(name)}`.execute(to);
  for (const table of tables) {
    await copyRows(from, to, engine, table);
    await goOnNumbering(from, to, table);
    const [has, got] = [await countRows(from, table.name), await countRows(to, table.name)];
    if (has !== got) throw new MoveRefusedError(`The file has ${has} rows in ${table.name}, the target got ${got}.`);
    onTable(table.name, got);
  }
}

async function refuseFaults(target: Database): Promise<void> {
  let first: string | null = null;
  const { faults } = await verifyDatabase(target, {
    onFault: (subject, rule) => (first ??= `${subject}: ${rule}`),
  });
  if (faults > 0)
    throw new MoveRefusedError(
      `What was copied does not add up (${faults} faults, the first is ${String(first)}). Run npm run verify on the file.`,
    );
}
