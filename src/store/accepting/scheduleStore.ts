import { sql } from 'kysely';
import { isCanaryUnderWay } from '../state/counts/canaryCourse';
import type { Database } from '../engine/database';

export type ScheduleStore = {
  /** Queues every broadcast whose time has come; returns how many. */
  releaseDue(): Promise<number>;
  /** Milliseconds until the next one is due, null when none is scheduled; and whether any has a canary under way. */
  outlook(): Promise<{ readonly nextInMs: number | null; readonly hasCanaries: boolean }>;
};

/**
 * A schedule is a time by the wall clock, as people mean it: where that clock is set back, broadcasts wait for it to come
 * round again.
 */
export function createScheduleStore({ db, engine }: Database): ScheduleStore {
  return {
    // One statement that asks for the old state in its own condition: a pause or cancel comes either before or after.
    async releaseDue() {
      const released = await sql`
        update broadcasts set status = 'queued', status_updated_at = ${engine.now}, turn_at = ${engine.now}
        where status = 'scheduled' and scheduled_at <= ${engine.now}`.execute(db);
      return Number(released.numAffectedRows ?? 0);
    },

    async outlook() {
      const found = await sql<{ wait: number | null; canaries: number | boolean }>`
        select min(scheduled_at) - ${engine.now} as wait,
          exists (select 1 from broadcasts where ${isCanaryUnderWay}) as canaries
        from broadcasts where status = 'scheduled'`.execute(db);
      const { wait, canaries } = found.rows[0] ?? { wait: null, canaries: false };
      return { nextInMs: wait, hasCanaries: Boolean(canaries) };
    },
  };
}
