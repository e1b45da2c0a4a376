import { sql, type Transaction } from 'kysely';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';

/** Who makes a broadcast, as it is kept with it. */
export type Creator = {
  readonly id: string | null;
  readonly name: string | null;
  readonly dailyRecipients: number | null;
};

/** Undoes the acceptance of a broadcast that would be more than its key may text in a day. */
export class OverDailyLimitError extends Error {
  constructor(
    readonly limit: number,
    readonly left: number,
    /** Until the next day begins. */
    readonly nextDayInMs: number,
  ) {
    super('A key has texted as many people as it may in a day.');
  }
}

const DAY_MS = 86_400_000;

/**
 * Counts people against what their key may text in a day (UTC), in the transaction that accepts them, and as its last
 * statement but that which makes them visible: of two at the same moment the second waits, and sees the first.
 *
 * @throws OverDailyLimitError
 */
export async function countAgainstDay(
  tx: Transaction<Schema>,
  engine: Engine,
  by: Creator | undefined,
  people: number,
): Promise<void> {
  if (by === undefined || by.id === null || by.dailyRecipients === null || people === 0) return;
  const { id, dailyRecipients: limit } = by;
  const found = await sql<{ now: number }>`select ${engine.now} as now`.execute(tx);
  const now = found.rows[0]?.now ?? 0;
  const day = Math.floor(now / DAY_MS);
  await sql`insert into api_key_days (key_id, day, recipients) values (${id}, ${day}, 0) on conflict do nothing`.execute(
    tx,
  );
  const counted = await sql`
    update api_key_days set recipients = recipients + ${people}
    where key_id = ${id} and day = ${day} and recipients + ${people} <= ${limit}`.execute(tx);
  if (counted.numAffectedRows === 0n) {
    const used = await sql<{ recipients: number }>`
      select recipients from api_key_days where key_id = ${id} and day = ${day}`.execute(tx);
    throw new OverDailyLimitError(
      limit,
      Math.max(0, limit - (used.rows[0]?.recipients ?? 0)),
      (day + 1) * DAY_MS - now,
    );
  }
  await sql`delete from api_key_days where key_id = ${id} and day < ${day - 1}`.execute(tx);
}
