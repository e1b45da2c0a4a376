import { sql, type Transaction } from 'kysely';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { isLapsed } from '../state/lease';
import { KEPT_MS } from './listVersions';

/** So many take 10 ms to remove; then others get their turn. */
const CHUNKS_AT_ONCE = 20;

/** Removes a little of what dead writers left, and of versions that no list has any more. */
export const removeSome = ({ db, engine }: Database): Promise<boolean> =>
  inTransaction(db, async (tx) => {
    await sql`
      update list_versions set state = 'leaving', until = 0
      where state = 'arriving' and ${isLapsed(engine, sql`until`)}`.execute(tx);
    const versionKey = await takeLeaving(tx, engine);
    if (versionKey === null) return false;
    await removePart(tx, versionKey);
    return true;
  });

/** The version that is being removed, or else the next one to be: who reads it is told at the end that it is gone. */
async function takeLeaving(tx: Transaction<Schema>, engine: Engine): Promise<number | null> {
  // A clock that was set back must not keep them for years.
  const isDue = sql`(until <= ${engine.now} or until > ${engine.now} + ${2 * KEPT_MS})`;
  const taken = await sql<{ version_key: number }>`
    update list_versions set state = 'removing' where version_key = (
      select version_key from list_versions
      where state <> 'current' and (state = 'removing' or (state = 'leaving' and ${isDue}))
      order by version_key limit 1 ${engine.forUpdate})
    returning version_key`.execute(tx);
  return taken.rows[0]?.version_key ?? null;
}

async function removePart(tx: Transaction<Schema>, versionKey: number): Promise<void> {
  const removed = await sql`
    delete from list_chunks where version_key = ${versionKey} and from_number in (
      select from_number from list_chunks where version_key = ${versionKey}
      order by from_number limit ${CHUNKS_AT_ONCE})`.execute(tx);
  if (removed.numAffectedRows === 0n)
    await sql`delete from list_versions where version_key = ${versionKey}`.execute(tx);
}
