import { sql, type RawBuilder, type Transaction } from 'kysely';
import { joined, type DeafTime } from '../../domain/time/deafTime';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';

/** A time in which texts may not have been heard, by how long ago it began and ended: clocks need not agree. */
export type RecentDeafTime = { readonly fromMsAgo: number; readonly untilMsAgo: number };

export type DeafTimeStore = {
  /** When an instance last said that it hears; null where none ever has. `at` only tells one time from another. */
  lastHeard(): Promise<{ readonly at: number; readonly msAgo: number } | null>;
  /** Says that this instance hears, and what may have been missed; that is asked for when it is written. */
  beat(missed: () => readonly RecentDeafTime[]): Promise<void>;
};

export function createDeafTimeStore({ db, engine }: Database): DeafTimeStore {
  return {
    async lastHeard() {
      const found = await sql<{ alive_at: number | null; now: number }>`
        select alive_at, ${engine.now} as now from pacing where id = 1`.execute(db);
      const { alive_at: at = null, now = 0 } = found.rows[0] ?? {};
      return at === null ? null : { at, msAgo: now - at };
    },

    async beat(missed) {
      if (missed().length === 0) {
        await sql`update pacing set alive_at = ${engine.now} where id = 1`.execute(db);
        return;
      }
      await inTransaction(db, async (tx) => {
        const asked = missed();
        const { now, deaf: known } = await read(tx, engine, engine.forUpdate);
        const deaf = asked.reduce<DeafTime | null>((all, each) => joined(all, intervalOf(each, now)), known);
        await sql`
          update pacing set alive_at = ${now}, deaf_from = ${deaf?.from ?? null}, deaf_until = ${deaf?.until ?? null}
          where id = 1`.execute(tx);
      });
    },
  };
}

/** The one that the database knows of, and those that only this process does. */
export async function deafTimes(
  tx: Transaction<Schema>,
  engine: Engine,
  recent: () => readonly RecentDeafTime[],
): Promise<DeafTime[]> {
  const asked = recent();
  const { now, deaf } = await read(tx, engine, sql``);
  return [...(deaf === null ? [] : [deaf]), ...asked.map((each) => intervalOf(each, now))];
}

async function read(
  tx: Transaction<Schema>,
  engine: Engine,
  lock: RawBuilder<unknown>,
): Promise<{ now: number; deaf: DeafTime | null }> {
  const found = await sql<{ deaf_from: number | null; deaf_until: number | null; now: number }>`
    select deaf_from, deaf_until, ${engine.now} as now from pacing where id = 1 ${lock}`.execute(tx);
  const row = found.rows[0];
  if (row === undefined) throw new Error('The pacing row is missing.');
  const { deaf_from: from, deaf_until: until, now } = row;
  return { now, deaf: from === null || until === null ? null : { from, until } };
}

const intervalOf = ({ fromMsAgo, untilMsAgo }: RecentDeafTime, now: number): DeafTime => ({
  from: Math.ceil(now - fromMsAgo),
  until: Math.ceil(now - untilMsAgo) + 1,
});
