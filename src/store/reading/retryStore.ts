import { sql } from 'kysely';
import type { Origin } from '../../domain/plan/senders';
import { giveUp, isWriterGone } from '../accepting/arrival';
import type { Database } from '../engine/database';
import type { Phones } from '../engine/phones';
import type { BroadcastsTable } from '../engine/schema';
import { isRetriable, isTakenByRetry, type Place, type RetriableStatus } from '../state/retriedTexts';
import { rootOf, wereReachedByFamily } from '../state/retryFamily';
import { lostItsKey, wasTold } from '../state/standing';

/** A broadcast that people are to be texted anew of, as it was sent. */
export type RetrySource = {
  readonly broadcastKey: number;
  /** The one that it and all its retries were made of; its own where it is that one. */
  readonly rootKey: number;
  readonly id: string;
  readonly name: string | null;
  readonly text: string;
  readonly isPersonal: boolean;
  readonly isTest: boolean;
  /** Whom it comes from; null where its batches say so. */
  readonly origin: Origin | null;
  readonly expirySeconds: number | null;
  readonly mediaUrls: readonly string[] | null;
  readonly callbackUrl: string | null;
  readonly quietHours: string | null;
  readonly topic: string | null;
  readonly template: { readonly name: string; readonly version: number } | null;
  readonly idempotencyKey: string | null;
  /** All of it failed, and its caller was answered with an error, or its idempotency key stands for another one. */
  readonly closed: 'told' | 'key used again' | null;
};

/** Who is to be texted anew: how they ended, and with which of Plivo's or our codes; null for any. */
export type RetryWish = {
  readonly statuses: readonly RetriableStatus[];
  readonly errorCodes: readonly string[] | null;
};

/** Somebody who can be texted anew. */
export type RetryCandidate = Place & {
  /** Canonical. */
  readonly number: string;
  /** What they were told, where that is not what the broadcast says. */
  readonly text: string | null;
  /** Whom the text came from, where that is not what the broadcast says. */
  readonly origin: Origin | null;
};

export type RetryStore = {
  /** Null where there is none. */
  source(id: string): Promise<RetrySource | null>;
  /** Whether a retry of the broadcast is being written: who is left is known when it is there, or has let its people go. */
  isBeingRetried(broadcastKey: number): Promise<boolean>;
  /**
   * Those of one status behind a place whom no other of its line has reached, of whom a part may be returned: the walk is
   * over with a `next` of null. `freedKey`: the
   * idempotency key of the request that asks, by which what failed entirely lets its people go.
   */
  candidates(
    source: Pick<RetrySource, 'broadcastKey' | 'rootKey'>,
    query: {
      status: RetriableStatus;
      errorCodes: readonly string[] | null;
      after: Place | null;
      freedKey: string | null;
    },
  ): Promise<{ readonly people: readonly RetryCandidate[]; readonly next: Place | null }>;
};

/** So many rows are looked at before others get their turn: 5 ms. */
const ROWS_AT_ONCE = 2000;

export function createRetryStore({ db, engine, phones }: Database): RetryStore {
  return {
    async source(id) {
      const found = await sql<BroadcastsTable & { broadcast_key: number; told: unknown; lost: unknown }>`
        select broadcasts.*, ${wasTold()} as told, ${lostItsKey()} as lost from broadcasts
        where id = ${id} and hidden is null`.execute(db);
      const [row] = found.rows;
      return row === undefined ? null : { ...sourceOf(row), closed: closedBy(row) };
    },

    async isBeingRetried(broadcastKey) {
      await giveUp(db, sql`retry_of_key = ${broadcastKey} and ${isWriterGone(engine)}`);
      const found = await sql`
        select 1 from broadcasts where retry_of_key = ${broadcastKey} and hidden = 'arriving'`.execute(db);
      return found.rows.length > 0;
    },

    async candidates({ broadcastKey, rootKey }, { status, errorCodes, after, freedKey }) {
      const { batch, position } = after ?? { batch: 0, position: -1 };
      const found = await sql<CandidateRow>`
        select r.*, b.message_text, b.sender, b.powerpack_uuid,
          (${isRetriable([status])} and not ${isTakenByRetry(freedKey)}) as is_open
        from (
          select broadcast_key, batch_number, position, recipient_number, status, error_code, second_message_uuid
          from broadcast_recipients
          where broadcast_key = ${broadcastKey} and status = ${status}
            and (batch_number, position) > (${batch}, ${position})
          order by batch_number, position limit ${ROWS_AT_ONCE}
        ) as r
        left join batches b on b.broadcast_key = r.broadcast_key and b.number = r.batch_number
        order by r.batch_number, r.position`.execute(db);
      const isWanted = (row: CandidateRow) =>
        Boolean(row.is_open) && (errorCodes === null || errorCodes.includes(row.error_code ?? ''));
      const last = found.rows.length < ROWS_AT_ONCE ? undefined : found.rows.at(-1);
      const people = found.rows.filter(isWanted).map((row) => candidateOf(row, phones));
      const numbers = people.map(({ number }) => number);
      const reached = new Set(await wereReachedByFamily(db, engine, { rootKey, except: broadcastKey }, numbers));
      return {
        people: people.filter(({ number }) => !reached.has(number)),
        next: last === undefined ? null : { batch: last.batch_number, position: last.position },
      };
    },
  };
}

type CandidateRow = {
  batch_number: number;
  position: number;
  recipient_number: string;
  error_code: string | null;
  message_text: string | null;
  sender: string | null;
  powerpack_uuid: string | null;
  is_open: boolean | number;
};

const candidateOf = (row: CandidateRow, phones: Phones): RetryCandidate => ({
  batch: row.batch_number,
  position: row.position,
  number: phones.canonicalOf(row.recipient_number),
  text: row.message_text,
  origin: originOf(row),
});

function originOf({
  sender,
  powerpack_uuid: powerpackUuid,
}: Pick<CandidateRow, 'sender' | 'powerpack_uuid'>): Origin | null {
  if (sender !== null) return { sender };
  return powerpackUuid === null ? null : { powerpackUuid };
}

const closedBy = ({ told, lost }: { told: unknown; lost: unknown }): RetrySource['closed'] =>
  told ? 'told' : lost ? 'key used again' : null;

const sourceOf = (row: BroadcastsTable & { broadcast_key: number }): Omit<RetrySource, 'closed'> => ({
  broadcastKey: row.broadcast_key,
  rootKey: rootOf(row) ?? row.broadcast_key,
  id: row.id,
  name: row.name,
  text: row.message_text,
  isPersonal: row.distinct_texts !== null,
  isTest: row.is_test === 1,
  origin: originOf(row),
  expirySeconds: row.expiry_seconds,
  callbackUrl: row.callback_url,
  mediaUrls: row.media_urls === null ? null : (JSON.parse(row.media_urls) as string[]),
  quietHours: row.quiet_hours,
  topic: row.topic,
  template:
    row.template_name === null || row.template_version === null
      ? null
      : { name: row.template_name, version: row.template_version },
  idempotencyKey: row.idempotency_key,
});
