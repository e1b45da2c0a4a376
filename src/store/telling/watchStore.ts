import { sql, type RawBuilder } from 'kysely';
import { BROADCAST_STATUSES, isFinal, type BroadcastStatus } from '../../domain/states/broadcastState';
import type { Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { BroadcastsTable } from '../engine/schema';

/** As much of a broadcast as tells whether it has changed. */
export type Glance = {
  readonly broadcastKey: number;
  readonly id: string;
  readonly status: BroadcastStatus;
  /** Whose it is; null where it is nobody's. */
  readonly creatorId: string | null;
  /** When it ended; null where it has not. */
  readonly endedAt: number | null;
  /** Another one after every change that its representation shows. */
  readonly version: string;
};

export type Look = {
  /** When it was taken, by the clock that all instances share; milliseconds since 1970. Null where it has found nothing. */
  readonly at: number | null;
  /** Newest first. */
  readonly broadcasts: readonly Glance[];
};

export type WatchStore = {
  /**
   * How the broadcasts with these keys stand, and with `isEvery` those that are under way too, and the newest, and with
   * `endedSince` those that ended last since then, tests left out. One statement, however many are asked for.
   */
  look(query: {
    readonly keys: readonly number[];
    readonly isEvery: boolean;
    readonly endedSince: number | null;
  }): Promise<Look>;
};

/** So many of the newest are looked at though they may have ended: their reports still come in. */
export const NEWEST = 100;
/** So many of those that are under way. */
const MOST_UNDER_WAY = 1000;
/** So many of those that ended while somebody was away. */
const MOST_ENDED = 200;

const UNDER_WAY: readonly BroadcastStatus[] = BROADCAST_STATUSES.filter((status) => !isFinal(status));

const WATCHED = [
  'status',
  'batches_pending',
  'batches_sending',
  'batches_sent',
  'batches_unconfirmed',
  'batches_held',
  'batches_failed',
  'batches_cancelled',
  'recipients_queued',
  'recipients_sent',
  'recipients_delivered',
  'recipients_undelivered',
  'recipients_failed',
  'recipients_invalid',
  'recipients_opted_out',
  'recipients_cancelled',
  'recipients_unknown',
  'texted_twice',
  'pause_reason',
  'canary_state',
  'canary_until',
  'status_updated_at',
] as const satisfies readonly (keyof BroadcastsTable)[];

type WatchedRow = {
  broadcast_key: number;
  id: string;
  creator_id: string | null;
  processed_at: number | null;
  now: number;
} & Pick<BroadcastsTable, (typeof WATCHED)[number]>;

export function createWatchStore({ db, engine }: Database): WatchStore {
  return {
    async look({ keys, isEvery, endedSince }) {
      const columns = sql.join(WATCHED.map((column) => sql.ref(`c.${column}`)));
      const found = await sql<WatchedRow>`
        select c.broadcast_key, c.id, c.creator_id, c.processed_at, ${columns}, ${engine.now} as now from broadcasts c
        where c.hidden is null and c.broadcast_key in (${keysOf(engine, keys)} ${isEvery ? EVERY : sql``}
          ${endedSince === null ? sql`` : endedAfter(endedSince)})
        order by c.broadcast_key desc`.execute(db);
      return { at: found.rows[0]?.now ?? null, broadcasts: found.rows.map(glanceOf) };
    },
  };
}

const keysOf = (engine: Engine, keys: readonly number[]): RawBuilder<unknown> => {
  const rows = keys.map((key) => ({ key }));
  return sql`select k.key from ${engine.recordRows(rows, { key: 'bigint' })} as k`;
};

/** Each from the end of its index. */
const EVERY = sql`
  union select broadcast_key from (
    select broadcast_key from broadcasts
    where status in (${sql.join(UNDER_WAY.map((status) => sql.lit(status)))}) and is_test = 0
    order by broadcast_key desc limit ${sql.lit(MOST_UNDER_WAY)}) as under_way
  union select broadcast_key from (
    select broadcast_key from broadcasts where is_test = 0 and hidden is null
    order by broadcast_key desc limit ${sql.lit(NEWEST)}) as newest`;

const endedAfter = (since: number): RawBuilder<unknown> => sql`
  union select broadcast_key from (
    select broadcast_key from broadcasts
    where processed_at > ${since} and is_test = 0 and hidden is null
    order by processed_at desc limit ${sql.lit(MOST_ENDED)}) as ended`;

const glanceOf = (row: WatchedRow): Glance => ({
  broadcastKey: row.broadcast_key,
  id: row.id,
  status: row.status,
  creatorId: row.creator_id,
  endedAt: row.processed_at,
  version: WATCHED.map((column) => row[column] ?? '').join(' '),
});
