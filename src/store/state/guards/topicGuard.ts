import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import type { Engine } from '../../engine/engine';
import type { Schema } from '../../engine/schema';
import { topicHashOf, type TopicHash } from './topicHash';

type Ref = { readonly broadcastKey: number };
type Person = { readonly phone: string; readonly hash: string };

/**
 * States in which a person has no text and will get none, unless they are sent one anew: then it is asked again whether
 * they may. An unknown text is one that they may have.
 */
const FREES = sql.raw(`('failed', 'undelivered', 'invalid', 'cancelled', 'optedOut')`);

/** Rows go when old ones are removed, which frees those of whom nothing was kept: once more is enough. */
const MOST_LOOKS = 5;

/**
 * Takes the topic for these people; returns those who have its text, or may have, by another broadcast. Who has it stands
 * in `topic_texts`, where the primary key lets one of two claims in. Whether the text of whoever stands there has failed is
 * seen by their row, so that nothing has to be written when it does: the next claim takes their place. A batch that
 * is claimed once more has its own places, unless it failed in between and another broadcast took them.
 *
 * On PostgreSQL two claims of one topic wait for each other where their people overlap, in the order of the hashes: first
 * for rows that are being written, then for those that are there. `phones` are canonical.
 */
export async function takeTopic(
  tx: Transaction<Schema>,
  engine: Engine,
  { broadcastKey }: Ref,
  phones: Iterable<string>,
  topic: string | null,
): Promise<string[]> {
  if (topic === null) return [];
  const hash = await topicHashOf(tx, topic);
  const others: string[] = [];
  let open = peopleOf(phones, hash);
  for (let looks = 0; open.length > 0; looks++) {
    if (looks === MOST_LOOKS) throw new Error('Places of a topic go as fast as they are looked at.');
    const taken = await takeFree(tx, engine, { broadcastKey }, hash, open);
    const left = open.filter((person) => !taken.has(person.hash));
    const holders = await holdersOf(tx, engine, hash, left, engine.forUpdate);
    others.push(...(await takeOver(tx, engine, { broadcastKey }, hash, left, holders)));
    open = left.filter((person) => !holders.has(person.hash));
  }
  return others;
}

/** Who of these people has the text of a topic, or may have; takes nothing. */
export async function havingTopic(
  db: Kysely<Schema>,
  engine: Engine,
  phones: Iterable<string>,
  topic: string,
): Promise<string[]> {
  const hash = await topicHashOf(db, topic);
  const people = peopleOf(phones, hash);
  const holders = await holdersOf(db, engine, hash, people, sql``);
  const held = people.filter((person) => holders.has(person.hash));
  const freed = await freedAmong(db, engine, held, holders);
  return held.filter((person) => !freed.has(person.hash)).map(({ phone }) => phone);
}

/** In one order everywhere, in which they are locked. */
const peopleOf = (phones: Iterable<string>, hash: TopicHash): Person[] =>
  [...new Set(phones)]
    .map((phone) => ({ phone, hash: hash.personHash(phone) }))
    .sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0));

const hashesOf = (people: readonly Person[]) => people.map(({ hash }) => hash);

/** Whose place nobody has; a claim that is writing the same one is waited for. */
async function takeFree(
  tx: Transaction<Schema>,
  engine: Engine,
  { broadcastKey }: Ref,
  { topicHash }: TopicHash,
  people: readonly Person[],
): Promise<Set<string>> {
  const taken = await sql<{ person_hash: string }>`
    insert into topic_texts (topic_hash, person_hash, broadcast_key)
    select ${topicHash}, p.value, ${broadcastKey} from ${engine.stringRows(hashesOf(people))} as p
    where true order by p.position
    on conflict (topic_hash, person_hash) do nothing
    returning person_hash`.execute(tx);
  return new Set(taken.rows.map((row) => row.person_hash));
}

/** Which broadcast has each person's place, by their hash. */
async function holdersOf(
  db: Kysely<Schema>,
  engine: Engine,
  { topicHash }: TopicHash,
  people: readonly Person[],
  lock: RawBuilder<unknown>,
): Promise<Map<string, number>> {
  if (people.length === 0) return new Map();
  const found = await sql<{ person_hash: string; broadcast_key: number }>`
    select person_hash, broadcast_key from topic_texts
    where topic_hash = ${topicHash}
      and person_hash in (select value from ${engine.stringRows(hashesOf(people))} as p)
    order by person_hash ${lock}`.execute(db);
  return new Map(found.rows.map((row) => [row.person_hash, row.broadcast_key]));
}

/** The places are locked, so that what is read of their holders now holds; returns who has them still. */
async function takeOver(
  tx: Transaction<Schema>,
  engine: Engine,
  { broadcastKey }: Ref,
  { topicHash }: TopicHash,
  people: readonly Person[],
  holders: ReadonlyMap<string, number>,
): Promise<string[]> {
  const held = people.filter(({ hash }) => (holders.get(hash) ?? broadcastKey) !== broadcastKey);
  const freed = await freedAmong(tx, engine, held, holders);
  if (freed.size > 0)
    await sql`
      update topic_texts set broadcast_key = ${broadcastKey}
      where topic_hash = ${topicHash}
        and person_hash in (select value from ${engine.stringRows([...freed])} as p)`.execute(tx);
  return held.filter(({ hash }) => !freed.has(hash)).map(({ phone }) => phone);
}

/**
 * Who of them has nothing of the broadcast that has their place. Nobody whose row is gone: places of those whom it would
 * free go with their rows.
 */
async function freedAmong(
  db: Kysely<Schema>,
  engine: Engine,
  people: readonly Person[],
  holders: ReadonlyMap<string, number>,
): Promise<Set<string>> {
  if (people.length === 0) return new Set();
  const rows = people.map(({ phone, hash }) => ({ phone, hash, holder: holders.get(hash) }));
  const isFreed = (column: string, key: RawBuilder<unknown>) => sql`(
    select min(case when r.status in ${FREES} and r.second_message_uuid is null then 1 else 0 end)
    from broadcast_recipients r where ${sql.ref(`r.${column}`)} = h.phone and ${key} = h.holder)`;
  // In whichever spelling; of two in one broadcast, both have to be free. Of other spellings there are few: without the
  // sum, SQLite would read everybody of the broadcast for each person, 650 ms for a thousand.
  const own = isFreed('recipient_number', sql`r.broadcast_key`);
  const other = isFreed('canonical_number', sql`r.broadcast_key + 0`);
  const found = await sql<{ hash: string }>`
    select h.hash from ${engine.recordRows(rows, { phone: 'text', hash: 'text', holder: 'bigint' })} as h
    where coalesce(${own}, ${other}) = 1 and coalesce(${other}, ${own}) = 1`.execute(db);
  return new Set(found.rows.map((row) => row.hash));
}

/** A part of a broadcast's people, by where they stand, up to and with the last. */
type Part = { readonly broadcastKey: number; readonly upTo: { readonly batch: number; readonly position: number } };

/**
 * Before rows are removed: gives back the places of those who have no text, which nothing would tell afterwards. The others
 * keep theirs for good.
 */
export async function giveBackTopic(
  tx: Transaction<Schema>,
  engine: Engine,
  { broadcastKey, upTo }: Part,
): Promise<void> {
  const found = await sql<{ topic: string | null }>`
    select topic from broadcasts where broadcast_key = ${broadcastKey}`.execute(tx);
  const topic = found.rows[0]?.topic ?? null;
  if (topic === null) return;
  const freed = await sql<{ phone: string }>`
    select coalesce(canonical_number, recipient_number) as phone from broadcast_recipients
    where broadcast_key = ${broadcastKey} and (batch_number, position) <= (${upTo.batch}, ${upTo.position})
      and batch_number > 0 and status in ${FREES} and second_message_uuid is null`.execute(tx);
  const hash = await topicHashOf(tx, topic);
  const phones = freed.rows.map(({ phone }) => phone);
  const people = peopleOf(phones, hash);
  const holders = await holdersOf(tx, engine, hash, people, engine.forUpdate);
  const own = people.filter((person) => holders.get(person.hash) === broadcastKey);
  if (own.length === 0) return;
  await sql`
    delete from topic_texts where topic_hash = ${hash.topicHash}
      and person_hash in (select value from ${engine.stringRows(hashesOf(own))} as p)`.execute(tx);
}
