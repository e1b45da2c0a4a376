import { type RawBuilder, sql } from 'kysely';
import type { TimeSpan } from '../../domain/outcome/reconciliation';
import type { BatchStatus } from '../../domain/states/batchState';
import type { Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import { ORIGIN } from '../sending/batchOrigin';
import { numbersWithStatus } from '../claiming/recipientNumbers';
import type { ClaimRef } from '../sending/settleStore';
import { isLeftOut } from '../state/guards/leftOut';
import { CALL_TIMES } from './dueLook';

/** Who a call comes from. */
export type CallOrigin = { readonly sender: string | null; readonly powerpackUuid: string | null };

/** A call that may have made messages, by our clock. */
export type KnownCall = TimeSpan & {
  readonly broadcastKey: number;
  readonly number: number;
  readonly status: BatchStatus;
  /** How many messages it made; the same where Plivo's answer named them. */
  readonly least: number;
  readonly most: number;
};

/** One person's messages from other batches than a lost one. */
export type OtherMessages = {
  /** Uuids that may be theirs. */
  readonly accounted: Set<string>;
  /** Batches that may have texted the person and whose message nobody can name. */
  readonly unnamedOthers: number;
  /** When those of them were claimed that are proven to have been taken. */
  readonly unnamedTakenAt: readonly number[];
};

/** What we know of our own calls, to hold Plivo's message list against. */
export type EvidenceStore = {
  /** Whom the batch may have texted, in order. */
  unknownRecipients(batch: ClaimRef): Promise<string[]>;
  /** Who of these people Plivo has refused as invalid before: that they are not listed says nothing. */
  refusedAmong(numbers: readonly string[]): Promise<Set<string>>;
  /** What is known of one person's messages from other batches called within the window. */
  othersOf(number: string, batch: ClaimRef, window: TimeSpan): Promise<OtherMessages>;
  /** Which of the uuids belong to a known message of any batch called within the window. */
  accountedAmong(uuids: readonly string[], window: TimeSpan): Promise<Set<string>>;
  /** Other batches called within the window whose messages we cannot all name. */
  unnamedBatches(batch: ClaimRef, window: TimeSpan): Promise<number>;
  /** Calls from the origin (from any where it is null) that were under way within the span, in order of time. */
  callsWithin(span: TimeSpan, origin: CallOrigin | null): Promise<KnownCall[]>;
  /** The answered call of the origin that was claimed nearest to `at`, within a day; null where there is none. */
  nearestAnswered(at: number, origin: CallOrigin): Promise<KnownCall | null>;
  /** The uuids of a call that was answered, and somebody who has one of them. Null where nobody has. */
  answerOf(call: Pick<KnownCall, 'broadcastKey' | 'number'>): Promise<{ uuids: Set<string>; number: string } | null>;
};

/** States of a batch that may have texted people without our knowing the uuids. */
const MAY_HAVE_TEXTED = sql.raw(`('sending', 'sent', 'unconfirmed', 'held')`);
const ANSWERS_AT_ONCE = 50;
const DAY_MS = 86_400_000;
/** A call is under way for so long at most, so that those that began earlier are over. */
const LONGEST_CALL_MS = 15 * 60_000;

export function createEvidenceStore(database: Database): EvidenceStore {
  const { db, engine } = database;
  return {
    unknownRecipients: (batch) => numbersWithStatus(db, batch, 'unknown'),

    async refusedAmong(numbers) {
      const found = await sql<{ value: string }>`
        select n.value from ${engine.stringRows(numbers)} as n
        where exists (
          select 1 from broadcast_recipients r
          where r.recipient_number = n.value and r.status = 'invalid' and r.batch_number > 0)`.execute(db);
      return new Set(found.rows.map((row) => row.value));
    },

    async othersOf(number, batch, window) {
      const rows = await sql<{ uuid: string | null; answered: string | null; status: BatchStatus; claimed_at: number }>`
        select r.plivo_message_uuid as uuid, b.plivo_message_uuids as answered, b.status, b.claimed_at
        from broadcast_recipients r
        join batches b on b.broadcast_key = r.broadcast_key and b.number = r.batch_number
        where r.recipient_number = ${number} and b.claimed_at between ${window.from} and ${window.to}
          and not (b.broadcast_key = ${batch.broadcastKey} and b.number = ${batch.number})
          and r.status not in ('optedOut', 'invalid')
          and not ${isLeftOut('r.error_code')}
          and (r.plivo_message_uuid is not null or b.status in ${MAY_HAVE_TEXTED})`.execute(db);
      const accounted = new Set<string>();
      let unnamedOthers = 0;
      const unnamedTakenAt: number[] = [];
      for (const { uuid, answered, status, claimed_at: claimedAt } of rows.rows) {
        if (uuid !== null) accounted.add(uuid);
        else if (answered !== null) for (const one of JSON.parse(answered) as string[]) accounted.add(one);
        else {
          unnamedOthers++;
          if (status === 'sent') unnamedTakenAt.push(claimedAt);
        }
      }
      return { accounted, unnamedOthers, unnamedTakenAt };
    },

    accountedAmong: (uuids, window) => accountedAmong(db, engine, uuids, window),

    async unnamedBatches(batch, window) {
      const found = await sql<{ unnamed: number }>`
        select count(*) as unnamed from batches b
        where b.claimed_at between ${window.from} and ${window.to} and b.status in ${MAY_HAVE_TEXTED}
          and b.plivo_message_uuids is null
          and exists (
            select 1 from broadcast_recipients r
            where r.broadcast_key = b.broadcast_key and r.batch_number = b.number and r.status <> 'optedOut'
              and not ${isLeftOut('r.error_code')})
          and not (b.broadcast_key = ${batch.broadcastKey} and b.number = ${batch.number})`.execute(db);
      return found.rows[0]?.unnamed ?? 0;
    },

    callsWithin: (span, origin) => callsWithin(database, span, origin),

    async nearestAnswered(at, origin) {
      const before = sql`b.claimed_at between ${at - DAY_MS} and ${at}`;
      const after = sql`b.claimed_at between ${at} and ${at + DAY_MS}`;
      const found = [
        await answeredCall(database, origin, { where: before, order: sql`b.claimed_at desc` }),
        await answeredCall(database, origin, { where: after, order: sql`b.claimed_at` }),
      ].filter((call) => call !== null);
      return found.sort((a, b) => Math.abs(a.from - at) - Math.abs(b.from - at))[0] ?? null;
    },

    async answerOf({ broadcastKey, number }) {
      const found = await sql<{ uuids: string; recipient: string }>`
        select b.plivo_message_uuids as uuids, r.recipient_number as recipient
        from batches b join broadcast_recipients r
          on r.broadcast_key = b.broadcast_key and r.batch_number = b.number
          and r.status not in ('invalid', 'optedOut', 'cancelled')
        where b.broadcast_key = ${broadcastKey} and b.number = ${number} and b.plivo_message_uuids is not null
        order by r.position limit 1`.execute(db);
      const [row] = found.rows;
      return row === undefined ? null : { uuids: new Set(JSON.parse(row.uuids) as string[]), number: row.recipient };
    },
  };
}

/** Bound uuids stand in an index; those of answers do not, and are read in slices of 50 batches (2 MB). */
async function accountedAmong(
  db: Database['db'],
  engine: Engine,
  uuids: readonly string[],
  window: TimeSpan,
): Promise<Set<string>> {
  const bound = await sql<{ value: string }>`
    select u.value from ${engine.stringRows(uuids)} as u
    where exists (select 1 from broadcast_recipients r where r.plivo_message_uuid = u.value)`.execute(db);
  const accounted = new Set(bound.rows.map((row) => row.value));
  const wanted = new Set(uuids.filter((uuid) => !accounted.has(uuid)));
  for (let offset = 0; wanted.size > 0; offset += ANSWERS_AT_ONCE) {
    const answers = await db
      .selectFrom('batches')
      .select('plivo_message_uuids')
      .where('claimed_at', '>=', window.from)
      .where('claimed_at', '<=', window.to)
      .where('plivo_message_uuids', 'is not', null)
      .orderBy('claimed_at', 'desc')
      .limit(ANSWERS_AT_ONCE)
      .offset(offset)
      .execute();
    for (const answer of answers) {
      for (const uuid of JSON.parse(answer.plivo_message_uuids ?? '[]') as string[]) {
        if (wanted.delete(uuid)) accounted.add(uuid);
      }
    }
    if (answers.length < ANSWERS_AT_ONCE) break;
  }
  return accounted;
}

type CallRow = {
  broadcast_key: number;
  number: number;
  status: BatchStatus;
  called_at: number;
  ended_at: number;
  messages_taken: number | null;
  bound: number | null;
  texted: number | null;
};

/** Rows are counted only of those few calls whose answer does not say how many messages they made. */
async function callsWithin({ db, engine }: Database, span: TimeSpan, origin: CallOrigin | null): Promise<KnownCall[]> {
  const rows = (counted: RawBuilder<unknown>) => sql`
    case when b.status <> 'sent' or b.messages_taken is null then (
      select count(*) from broadcast_recipients r
      where r.broadcast_key = b.broadcast_key and r.batch_number = b.number and ${counted}) end`;
  const found = await sql<CallRow>`
    select * from (
      select b.broadcast_key, b.number, b.status, ${CALL_TIMES}, b.messages_taken, ${ORIGIN},
        ${rows(sql`r.plivo_message_uuid is not null`)} as bound,
        ${rows(sql`r.status not in ('optedOut', 'invalid', 'cancelled')`)} as texted
      from batches b join broadcasts c on c.broadcast_key = b.broadcast_key
      where b.claimed_at between ${span.from - LONGEST_CALL_MS} and ${span.to} and b.status in ${MAY_HAVE_TEXTED}
    ) as calls
    where ended_at >= ${span.from} ${origin === null ? sql`` : isFrom(engine, origin)}
    order by called_at`.execute(db);
  return found.rows.map(toCall);
}

/** The first in the order that Plivo took messages of. */
async function answeredCall(
  { db, engine }: Database,
  { sender, powerpackUuid }: CallOrigin,
  { where, order }: { readonly where: RawBuilder<unknown>; readonly order: RawBuilder<unknown> },
): Promise<KnownCall | null> {
  const equals = engine.kind === 'postgres' ? sql`is not distinct from` : sql`is`;
  const found = await sql<Omit<CallRow, 'bound' | 'texted'>>`
    select b.broadcast_key, b.number, b.status, ${CALL_TIMES}, b.messages_taken
    from batches b join broadcasts c on c.broadcast_key = b.broadcast_key
    where ${where} and b.status = 'sent' and b.messages_taken > 0
      and coalesce(b.sender, case when b.powerpack_uuid is null then c.sender end) ${equals} ${sender}
      and coalesce(b.powerpack_uuid, case when b.sender is null then c.powerpack_uuid end) ${equals} ${powerpackUuid}
    order by ${order} limit 1`.execute(db);
  const [row] = found.rows;
  return row === undefined ? null : toCall({ ...row, bound: null, texted: null });
}

const toCall = (row: CallRow): KnownCall => ({
  broadcastKey: row.broadcast_key,
  number: row.number,
  status: row.status,
  from: row.called_at,
  to: row.ended_at,
  ...messagesOf(row),
});

function messagesOf({ status, messages_taken: taken, bound, texted }: CallRow): { least: number; most: number } {
  if (status === 'sent' && taken !== null) return { least: taken, most: taken };
  return { least: bound ?? 0, most: texted ?? 0 };
}

const isFrom = (engine: Engine, { sender, powerpackUuid }: CallOrigin) => {
  const equals = engine.kind === 'postgres' ? sql`is not distinct from` : sql`is`;
  return sql`and sender ${equals} ${sender} and powerpack_uuid ${equals} ${powerpackUuid}`;
};
