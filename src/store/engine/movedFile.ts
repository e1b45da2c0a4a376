import { type Kysely, sql } from 'kysely';
import type { Schema } from './schema';

/** What a SQLite file notes of its move to another database; `moving` is a move that may have been broken off at its end. */
export type Move = {
  readonly state: 'moving' | 'moved';
  /** Where to, without user and password. */
  readonly target: string;
  /** The target has the same one, where the move was carried out. */
  readonly token: string;
  readonly at: string;
};

/** The file is not to be worked on any more: what waits in it is sent from elsewhere. */
export class DatabaseMovedError extends Error {
  constructor({ state, target, at }: Move) {
    super(
      state === 'moved'
        ? `This database has moved to ${target} (${at}): set DATABASE_URL to that one. A service on this file would text the same people again.`
        : `This database was being moved to ${target} (${at}), and the move was broken off: run it again, to the same database; it finds out what is done.`,
    );
    this.name = 'DatabaseMovedError';
  }
}

/** A step of the schema that no version knows: those that know nothing of moves refuse to start on it as well. */
const STEP = '9999_moved_to_postgres';

/** Where the note stands, in the file and, copied with the rest, in the target. */
const NOTE = 'move';

/** @throws DatabaseMovedError */
export async function refuseMoved(db: Kysely<Schema>): Promise<void> {
  const move = await readMove(db);
  if (move !== null) throw new DatabaseMovedError(move);
}

/** Null where the file has never been moved. */
export async function readMove(db: Kysely<Schema>): Promise<Move | null> {
  const found = await sql`select 1 from sqlite_master where name = 'kysely_migration'`.execute(db);
  if (found.rows.length === 0) return null;
  const steps = await sql`select 1 from kysely_migration where name = ${STEP}`.execute(db);
  if (steps.rows.length === 0) return null;
  return await readNote(db);
}

/** Of a target: which move filled it. */
export async function readNote(db: Kysely<Schema>): Promise<Move | null> {
  const row = await db.selectFrom('secrets').select('value').where('name', '=', NOTE).executeTakeFirst();
  return row === undefined ? null : (JSON.parse(row.value) as Move);
}

export async function noteMove(db: Kysely<Schema>, move: Move): Promise<void> {
  await sql`insert into kysely_migration (name, timestamp) values (${STEP}, ${move.at}) on conflict do nothing`.execute(
    db,
  );
  await sql`
    insert into secrets (name, value) values (${NOTE}, ${JSON.stringify(move)})
    on conflict (name) do update set value = excluded.value`.execute(db);
}

export const isMoveStep = (step: string): boolean => step === STEP;
