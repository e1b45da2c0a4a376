import { sql, type Kysely, type Transaction } from 'kysely';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';

/** Somebody uses the signature of another text. */
export class SignatureTakenError extends Error {
  constructor() {
    super('The signature came with another text before.');
  }
}

/** Plivo gives up on a text after seven minutes; whoever finds a signature in the log of a proxy comes later. */
const REMEMBERED_MS = 24 * 60 * 60_000;
const AT_ONCE = 1000;

/**
 * From now on the signatures are this text's, at every instance: V2 signs neither body nor time, so that who has seen its
 * headers once could post whatever they like with them. Not the nonce is remembered but what was signed with it: V2 joins
 * address and nonce by nothing, so that the end of the one can be passed off as the beginning of the other. Plivo repeats a
 * text with its uuid, with the same signature or another.
 *
 * @throws SignatureTakenError when one came with another text before
 */
export async function takeSignatures(
  tx: Transaction<Schema>,
  engine: Engine,
  signatures: readonly string[],
  messageUuid: string,
): Promise<void> {
  // In one order, in which they are locked.
  for (const signature of [...signatures].sort()) {
    const { rows } = await sql<{ owner: string }>`
      insert into used_signatures as s (signature, plivo_message_uuid, ends_at)
      values (${signature}, ${messageUuid}, ${engine.now} + ${REMEMBERED_MS})
      on conflict (signature) do update set plivo_message_uuid = s.plivo_message_uuid
      returning plivo_message_uuid as owner`.execute(tx);
    if (rows[0]?.owner !== messageUuid) throw new SignatureTakenError();
  }
}

/** Removes some of those that need not be remembered any more; false where few were left, and others may have their turn. */
export async function forgetSignatures(db: Kysely<Schema>, engine: Engine): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    delete from used_signatures where signature in (
      select signature from used_signatures where ends_at <= ${engine.now} order by ends_at limit ${AT_ONCE})`.execute(
    db,
  );
  return numAffectedRows === BigInt(AT_ONCE);
}
