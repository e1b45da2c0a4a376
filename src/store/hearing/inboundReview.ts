import { sql, type Kysely, type Transaction } from 'kysely';
import type { ReviewDecision } from '../../domain/replies/review';
import { record } from '../access/auditLog';
import type { Engine } from '../engine/engine';
import { pageOf, type Page } from '../engine/page';
import type { InboundMessagesTable, Schema } from '../engine/schema';
import type { InboundMessage } from './inboundStore';
import { optOut } from '../optOuts/optOutWriting';
import { letGo } from './lostReplies';

export type KeptMessage = Pick<InboundMessage, 'messageUuid' | 'from' | 'to' | 'text' | 'intent' | 'keyword'> & {
  readonly key: number;
  /** A person should read it: it may be a wish to stop, or whether it is the person's last word cannot be known. */
  readonly needsReview: boolean;
  /** What was made of it, and when; null where nobody was asked or has answered. */
  readonly reviewed: { readonly as: ReviewDecision; readonly at: number } | null;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
};

export type InboundQuery = {
  readonly limit: number;
  readonly after: number | null;
  /** Of one person. */
  readonly from?: string;
  readonly needsReview?: boolean;
};

export type ReviewResult =
  | { readonly kind: 'reviewed'; readonly message: KeptMessage; readonly isNew: boolean }
  | { readonly kind: 'unknown' }
  /** It was decided otherwise before. */
  | { readonly kind: 'decided'; readonly as: ReviewDecision }
  /** Nobody was asked to read it. */
  | { readonly kind: 'notMarked' };

export async function listInbound(
  db: Kysely<Schema>,
  { limit, after, from, needsReview }: InboundQuery,
): Promise<Page<KeptMessage>> {
  let query = db
    .selectFrom('inbound_messages')
    .selectAll()
    .orderBy('inbound_key', 'desc')
    .limit(limit + 1);
  if (after !== null) query = query.where('inbound_key', '<', after);
  if (from !== undefined) query = query.where('from_number', '=', from);
  // Literals, so that the partial index is used.
  if (needsReview !== undefined)
    query = query.where(needsReview ? sql<boolean>`needs_review = 1` : sql<boolean>`needs_review = 0`);
  const rows = await query.execute();
  return pageOf(rows.map(keptMessage), limit, (message) => message.key);
}

/** By the partial index, which holds nothing else. */
export async function countWaiting(db: Kysely<Schema>): Promise<number> {
  const counted = await sql<{ waiting: number | string | bigint }>`
    select count(*) as waiting from inbound_messages where needs_review = 1`.execute(db);
  return Number(counted.rows[0]?.waiting ?? 0);
}

export async function review(
  tx: Transaction<Schema>,
  engine: Engine,
  messageUuid: string,
  as: ReviewDecision,
): Promise<ReviewResult> {
  const settled = await sql`
    update inbound_messages set needs_review = 0, reviewed_as = ${as}, reviewed_at = ${engine.now}
    where plivo_message_uuid = ${messageUuid} and needs_review = 1`.execute(tx);
  const row = await tx
    .selectFrom('inbound_messages')
    .selectAll()
    .where('plivo_message_uuid', '=', messageUuid)
    .executeTakeFirst();
  if (row === undefined) return { kind: 'unknown' };
  if (row.reviewed_as === null) return { kind: 'notMarked' };
  if (row.reviewed_as !== as) return { kind: 'decided', as: row.reviewed_as };
  const isNew = settled.numAffectedRows === 1n;
  if (isNew && as === 'optOut') {
    const note = `Reply ${messageUuid} was read as a wish to stop.`;
    await optOut(tx, engine, [row.from_number], { source: 'api', note, importId: null });
  }
  if (isNew && as === 'nothing') await letGo(tx, engine, row.from_number, messageUuid);
  if (isNew) await record(tx, engine, { action: 'inbound.reviewed', subject: messageUuid, details: { as } });
  return { kind: 'reviewed', message: keptMessage(row), isNew };
}

type Row = Omit<InboundMessagesTable, 'inbound_key'> & { readonly inbound_key: number };

const keptMessage = (row: Row): KeptMessage => ({
  key: row.inbound_key,
  messageUuid: row.plivo_message_uuid,
  from: row.from_number,
  to: row.to_number,
  text: row.message_text,
  intent: row.intent,
  keyword: row.keyword,
  needsReview: row.needs_review === 1,
  reviewed: row.reviewed_as === null ? null : { as: row.reviewed_as, at: row.reviewed_at ?? 0 },
  receivedAt: row.created_at,
});
