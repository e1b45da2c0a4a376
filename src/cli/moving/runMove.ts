import { randomUUID } from 'node:crypto';
import { openDatabase, openDatabaseToMove, openDatabaseToRead, type Database } from '../../store/engine/database';
import { type Move, noteMove, readMove } from '../../store/engine/movedFile';
import { DatabaseInUseError } from '../../store/engine/sqliteLock';
import {
  checkSource,
  filledTable,
  carriedOut,
  moveRows,
  MoveRefusedError,
  notEmpty,
} from '../../store/upkeep/moveStore';

export type MoveCommand = {
  /** `sqlite:PATH` */
  readonly from: string;
  /** `postgres://…` */
  readonly to: string;
  readonly print: (line: string) => void;
};

/** @throws MoveRefusedError, DatabaseMovedError; whatever it throws, the target is as empty as it was */
export async function runMove({ from, to, print }: MoveCommand): Promise<void> {
  const source = openSource(from);
  try {
    await checkSource(source);
    const target = await openTarget(source, { from, to });
    try {
      await moveInto(source, target, to, print);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function moveInto(source: Database, target: Database, to: string, print: MoveCommand['print']): Promise<void> {
  const before = await carriedOut(source, target, nameOf(to));
  if (before !== null) {
    await noteMove(source.db, { ...before, state: 'moved' });
    print('The move was carried out before; only its note in the file was missing.');
  } else {
    let all = 0;
    const onTable = (table: string, rows: number) => {
      all += rows;
      print(`${table.padEnd(24)} ${rows.toLocaleString('en-US').padStart(14)}`);
    };
    const move: Move = { state: 'moving', target: nameOf(to), token: randomUUID(), at: new Date().toISOString() };
    await moveRows(source, target, { move, onTable });
    print(`${'all rows'.padEnd(24)} ${all.toLocaleString('en-US').padStart(14)}`);
    print('Everything was moved: each table has as many rows on both sides, and verify finds no fault.');
  }
  print(
    `Now set DATABASE_URL to ${nameOf(to)} and start the service. Keep the file as it is: no service starts on it any more.`,
  );
}

function openSource(url: string): Database {
  try {
    return openDatabaseToMove({ url });
  } catch (error) {
    if (!(error instanceof DatabaseInUseError)) throw error;
    throw new MoveRefusedError(`Stop the service first; nothing was changed. ${error.message}`);
  }
}

/** What is not empty is left as it is, its schema too. */
async function openTarget(source: Database, { to }: Pick<MoveCommand, 'from' | 'to'>): Promise<Database> {
  try {
    const before = openDatabaseToRead({ url: to });
    try {
      const filled = (await readMove(source.db)) === null ? await filledTable(before.db) : null;
      if (filled !== null) throw notEmpty(filled);
    } finally {
      await before.close();
    }
    return await openDatabase({ url: to });
  } catch (error) {
    if (error instanceof MoveRefusedError) throw error;
    throw new MoveRefusedError(`${nameOf(to)} cannot be used; nothing was changed: ${reasonOf(error)}`);
  }
}

/** A name that resolves to several addresses fails with an error for each, and no message of its own. */
function reasonOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return message === undefined || message === '' ? (code ?? 'no answer') : message;
}

/** Without user, password and parameters. */
const nameOf = (url: string): string => {
  const { hostname, port, pathname } = new URL(url);
  return `postgres://${hostname}:${port === '' ? '5432' : port}${pathname}`;
};
