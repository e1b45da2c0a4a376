import { sql, type RawBuilder } from 'kysely';
import type { CanaryCounts } from '../../../domain/outcome/canaryVerdict';
import { HOLDING_CANARY_STATUSES } from '../../../domain/states/canaryState';
import type { BroadcastsTable } from '../../engine/schema';

/**
 * What is known of a canary's people while the rest is held back: whatever the broadcast's counters have counted since
 * acceptance is theirs.
 */
export function canaryCountsOf(row: CanaryColumns): CanaryCounts {
  const invalid = row.recipients_invalid - row.invalid_at_acceptance;
  const optedOut = row.recipients_opted_out - row.opted_out_at_acceptance;
  const failed = row.recipients_undelivered + row.recipients_failed + invalid;
  return {
    people: (row.canary_recipients ?? 0) - optedOut - row.recipients_cancelled,
    reported: row.recipients_delivered + failed,
    sent: row.recipients_sent,
    failed,
  };
}

type CanaryColumns = Pick<
  BroadcastsTable,
  | 'canary_recipients'
  | 'invalid_at_acceptance'
  | 'opted_out_at_acceptance'
  | 'recipients_sent'
  | 'recipients_delivered'
  | 'recipients_undelivered'
  | 'recipients_failed'
  | 'recipients_invalid'
  | 'recipients_opted_out'
  | 'recipients_cancelled'
>;

const LAST_NUMBER = 2_147_483_647;

/** Whether a batch `b` of a broadcast `c` waits for no canary. As a range, so that the index of waiting batches is used. */
export const waitsForNoCanary: RawBuilder<boolean> = sql`
  b.number <= case when c.canary_state in (${sql.raw(HOLDING_CANARY_STATUSES.map((name) => `'${name}'`).join(', '))})
    then c.canary_batches else ${sql.lit(LAST_NUMBER)} end`;
