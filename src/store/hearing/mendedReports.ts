import { sql, type Transaction } from 'kysely';
import { mendedNumber } from '../../domain/outcome/mendedNumber';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import type { AnsweredUuids } from './answeredUuids';
import type { LocatedReport } from './reportGroup';

type MemberRow = {
  broadcast_key: number;
  batch_number: number;
  claim_number: number;
  is_answered: boolean | number;
  recipient_number: string;
  plivo_message_uuid: string | null;
};

/**
 * The report under the number that we know its person by; null where that cannot be told. Reads only, and locks nothing:
 * what is read may be another by the time the report is applied, which then judges it by what it finds.
 */
export async function asOfOurs(
  tx: Transaction<Schema>,
  engine: Engine,
  report: LocatedReport,
  answered: AnsweredUuids,
): Promise<LocatedReport | null> {
  const found = await sql<MemberRow>`
    select r.broadcast_key, r.batch_number, b.claim_number, b.plivo_api_id is not null as is_answered,
      r.recipient_number, r.plivo_message_uuid
    from batches b
    join broadcast_recipients r on r.broadcast_key = b.broadcast_key and r.batch_number = b.number
    where b.callback_token = ${report.token}
      and (r.plivo_message_uuid is not null or r.status in ('queued', 'unknown', 'failed'))`.execute(tx);
  const [first] = found.rows;
  if (first === undefined) return null;
  const call = {
    broadcastKey: first.broadcast_key,
    number: first.batch_number,
    claimNumber: first.claim_number,
  };
  const uuids = first.is_answered ? (await answered.of(tx, engine, [call]))(call) : null;
  const members = found.rows.map((row) => ({ number: row.recipient_number, messageUuid: row.plivo_message_uuid }));
  const recipient = mendedNumber(report, members, uuids);
  return recipient === null ? null : { ...report, recipient };
}
