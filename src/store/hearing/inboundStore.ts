import type { Kysely, Transaction } from 'kysely';
import type { Keyword } from '../../domain/text/keywords';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import { pageOf, type Page } from '../engine/page';
import { optIn, optOut, type OptOutNote } from './optOutWriting';
import type { Schema } from '../engine/schema';

/** A text from a person to one of our numbers, both in E.164 form where they are phone numbers. */
export type InboundMessage = {
  readonly messageUuid: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** Plivo's `MessageIntent`; null where it said nothing. */
  readonly intent: string | null;
  /** What we take it for. */
  readonly keyword: Keyword | null;
};

export type KeptMessage = InboundMessage & {
  readonly key: number;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
};

export type InboundResult =
  /** Plivo posts a text again whose answer it did not get; nothing was done. */
  | { readonly kind: 'repeated' }
  /** `changed`: the person's state is another now. */
  | { readonly kind: 'kept'; readonly changed: boolean };

export type InboundStore = {
  /** Keeps the text and does what its keyword says, in one transaction. */
  keep(message: InboundMessage): Promise<InboundResult>;
  /** Latest first, after the message with the given key; of one person where `from` is given. */
  list(query: { limit: number; after: number | null; from: string | null }): Promise<Page<KeptMessage>>;
};

const BY_KEYWORD: OptOutNote = { source: 'keyword', note: null, importId: null };

export function createInboundStore({ db, engine }: Database): InboundStore {
  return {
    keep: (message) => inTransaction(db, (tx) => keep(tx, engine, message)),
    list: (query) => list(db, query),
  };
}

async function keep(tx: Transaction<Schema>, engine: Engine, message: InboundMessage): Promise<InboundResult> {
  const inserted = await tx
    .insertInto('inbound_messages')
    .values({
      plivo_message_uuid: message.messageUuid,
      from_number: message.from,
      to_number: message.to,
      message_text: message.text,
      intent: message.intent,
      keyword: message.keyword,
      needs_review: 0,
      created_at: engine.now,
    })
    .onConflict((conflict) => conflict.column('plivo_message_uuid').doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 0n) return { kind: 'repeated' };
  return { kind: 'kept', changed: await apply(tx, engine, message) };
}

async function apply(tx: Transaction<Schema>, engine: Engine, { keyword, from }: InboundMessage): Promise<boolean> {
  if (keyword === 'optOut') return (await optOut(tx, engine, [from], BY_KEYWORD)).length > 0;
  if (keyword === 'optIn') return await optIn(tx, engine, from, BY_KEYWORD);
  return false;
}

async function list(
  db: Kysely<Schema>,
  { limit, after, from }: { limit: number; after: number | null; from: string | null },
): Promise<Page<KeptMessage>> {
  let query = db
    .selectFrom('inbound_messages')
    .selectAll()
    .orderBy('inbound_key', 'desc')
    .limit(limit + 1);
  if (after !== null) query = query.where('inbound_key', '<', after);
  if (from !== null) query = query.where('from_number', '=', from);
  const messages = (await query.execute()).map((row) => ({
    key: row.inbound_key,
    messageUuid: row.plivo_message_uuid,
    from: row.from_number,
    to: row.to_number,
    text: row.message_text,
    intent: row.intent,
    keyword: row.keyword,
    receivedAt: row.created_at,
  }));
  return pageOf(messages, limit, (message) => message.key);
}
