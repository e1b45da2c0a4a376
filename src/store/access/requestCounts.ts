import { sql } from 'kysely';
import type { Database } from '../engine/database';

export type RequestCounts = {
  /**
   * One more of somebody's; how many these are in the window that the first of them began, and when that ends. `whose` is no
   * key and no address, but what they come to.
   */
  count(whose: string, windowMs: number): Promise<{ readonly hits: number; readonly remainingMs: number }>;
  /** Removes a little of what is over; false where nothing is. */
  removeOver(): Promise<boolean>;
};

const AT_ONCE = 1000;

/** One statement, so that two instances never miss each other's. */
export function createRequestCounts({ db, engine }: Database): RequestCounts {
  return {
    async count(whose, windowMs) {
      const { rows } = await sql<{ hits: number; remaining: number }>`
        insert into request_counts as c (whose, hits, ends_at) values (${whose}, 1, ${engine.now} + ${windowMs})
        on conflict (whose) do update set
          hits = case when c.ends_at <= ${engine.now} then 1 else c.hits + 1 end,
          ends_at = case when c.ends_at <= ${engine.now} then excluded.ends_at else c.ends_at end
        returning hits, ends_at - ${engine.now} as remaining`.execute(db);
      return { hits: rows[0]?.hits ?? 1, remainingMs: rows[0]?.remaining ?? windowMs };
    },
    async removeOver() {
      const { numAffectedRows = 0n } = await sql`
        delete from request_counts where whose in (
          select whose from request_counts where ends_at <= ${engine.now} order by ends_at limit ${AT_ONCE})`.execute(
        db,
      );
      return numAffectedRows > 0n;
    },
  };
}
