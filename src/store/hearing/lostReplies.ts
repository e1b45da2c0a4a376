import { sql, type Transaction } from 'kysely';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';
import { optedOutAmong } from '../state/guards/optedOut';
import { optIn, optOut, type OptOutNote } from '../optOuts/optOutWriting';
import { tell } from '../state/told';
import type { InboundMessage } from './inboundStore';

/** A text of which only that much is known. */
export type LostReply = Pick<InboundMessage, 'messageUuid' | 'from' | 'to'> & {
  /** When it came in; milliseconds since 1970. */
  readonly at: number;
};

/** What a text is known by whose words are lost, until they come after all. */
export const LOST_WORDS = '';

/** The weakest source: whoever says STOP, or is put on the list, while they are held is on it for that reason and stays. */
const BY_HOLD: OptOutNote = {
  source: 'import',
  note: 'Wrote while nothing here could hear it; held until somebody decides.',
  importId: null,
};

/** As `InboundStore.keepLost`, within a transaction. */
export async function keepLost(
  tx: Transaction<Schema>,
  engine: Engine,
  replies: readonly LostReply[],
): Promise<number> {
  const kept: LostReply[] = [];
  for (const reply of replies) if (await insert(tx, reply)) kept.push(reply);
  const people = kept.filter(isPersons);
  const numbers = people.map(({ from }) => from);
  const known = await optedOutAmong(tx, engine, numbers);
  await optOut(
    tx,
    engine,
    numbers.filter((number) => !known.has(number)),
    BY_HOLD,
  );
  await tell(
    tx,
    engine,
    people.map(({ messageUuid, from, to, at }) => ({
      event: 'inbound.needs_review',
      number: from,
      data: { messageUuid, from, to, text: LOST_WORDS, ...NOT_READ, receivedAt: new Date(at).toISOString() },
    })),
  );
  return people.length;
}

const NOT_READ = { keyword: null, intent: null, needsReview: true } as const;

/** A short code is a machine's. */
const isPersons = ({ from }: LostReply): boolean => from.startsWith('+');

async function insert(tx: Transaction<Schema>, reply: LostReply): Promise<boolean> {
  const inserted = await tx
    .insertInto('inbound_messages')
    .values({
      plivo_message_uuid: reply.messageUuid,
      from_number: reply.from,
      to_number: reply.to,
      message_text: LOST_WORDS,
      intent: null,
      keyword: null,
      needs_review: isPersons(reply) ? 1 : 0,
      created_at: reply.at,
    })
    .onConflict((conflict) => conflict.column('plivo_message_uuid').doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

/**
 * Somebody has decided that a text was no wish to stop: its sender is let go, unless another text of theirs still waits, or they
 * are on the list for another reason by now.
 */
export async function letGo(
  tx: Transaction<Schema>,
  engine: Engine,
  number: string,
  messageUuid: string,
): Promise<void> {
  const held = await sql`
    select 1 from opt_outs o join opt_out_events e on e.recipient_number = o.recipient_number
    where o.recipient_number = ${number} and o.source = ${BY_HOLD.source} and e.note = ${BY_HOLD.note}
      and e.event_key = (select max(event_key) from opt_out_events where recipient_number = ${number})
      and not exists (
        select 1 from inbound_messages m
        where m.from_number = ${number} and m.needs_review = 1 and m.message_text = ${LOST_WORDS})`.execute(tx);
  if (held.rows.length === 0) return;
  const note = `Reply ${messageUuid} was read as no wish to stop.`;
  await optIn(tx, engine, number, { source: 'api', note, importId: null });
}
