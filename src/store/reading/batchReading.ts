import { sql } from 'kysely';
import type { BatchStatus } from '../../domain/states/batchState';
import type { Database } from '../engine/database';
import type { BatchesTable } from '../engine/schema';
import type { BatchError } from '../sending/settleStore';
import { heldBackUntil } from './heldBack';

/** A batch as it stands; times in milliseconds since 1970. */
export type Batch = {
  readonly number: number;
  readonly size: number;
  readonly status: BatchStatus;
  readonly attempts: number;
  readonly error: BatchError | null;
  readonly answer: {
    readonly apiId: string;
    readonly message: string;
    readonly messageUuids: readonly string[];
    readonly invalidNumbers: readonly string[];
  } | null;
  readonly sender: string | null;
  readonly powerpackUuid: string | null;
  /** Until when quiet hours hold it back; null where it may go or has gone. */
  readonly notBefore: number | null;
  readonly claimedAt: number | null;
  readonly statusUpdatedAt: number;
};

/** The batches of a broadcast by number, to be narrowed down: all that is shown of them. Their recipients are not read. */
export const selectBatches = ({ db, engine }: Database, broadcastKey: number) =>
  db
    .selectFrom('batches')
    .select(BATCH_COLUMNS)
    .select(heldBackUntil(engine, 'batches').as('not_before'))
    .select([unlessBroadcasts('sender').as('sender'), unlessBroadcasts('powerpack_uuid').as('powerpack_uuid')])
    .where('broadcast_key', '=', broadcastKey)
    .orderBy('number');

const BATCH_COLUMNS = [
  'number',
  'size',
  'status',
  'attempts',
  'plivo_api_id',
  'plivo_message',
  'plivo_message_uuids',
  'plivo_invalid_numbers',
  'error_code',
  'error_status',
  'error_reason',
  'claimed_at',
  'status_updated_at',
] as const satisfies (keyof BatchesTable)[];

/** Who a batch comes from is shown where that is not what the broadcast says. */
const unlessBroadcasts = (column: 'sender' | 'powerpack_uuid') => sql<string | null>`
  nullif(${sql.ref(`batches.${column}`)}, (
    select ${sql.ref(`c.${column}`)} from broadcasts c where c.broadcast_key = batches.broadcast_key))`;

type ShownColumn = (typeof BATCH_COLUMNS)[number] | 'not_before' | 'sender' | 'powerpack_uuid';

/** A row of `selectBatches`. */
export function toBatch(row: Pick<BatchesTable, ShownColumn>): Batch {
  return {
    number: row.number,
    size: row.size,
    status: row.status,
    attempts: row.attempts,
    error:
      row.error_code === null
        ? null
        : { code: row.error_code, status: row.error_status, reason: row.error_reason ?? '' },
    answer:
      row.plivo_api_id === null
        ? null
        : {
            apiId: row.plivo_api_id,
            message: row.plivo_message ?? '',
            messageUuids: JSON.parse(row.plivo_message_uuids ?? '[]') as string[],
            invalidNumbers: JSON.parse(row.plivo_invalid_numbers ?? '[]') as string[],
          },
    sender: row.sender,
    powerpackUuid: row.powerpack_uuid,
    notBefore: row.not_before,
    claimedAt: row.claimed_at,
    statusUpdatedAt: row.status_updated_at,
  };
}
