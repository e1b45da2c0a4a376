import type { BatchStatus } from '../../domain/states/batchState';
import type { RecipientStatus } from '../../domain/states/recipientState';
import type { SharedDatabase } from '../database/sharedDatabase';
import type { Message } from '../plivo/message';
import type { Ground } from '../ground/ground';

/** One person in one broadcast as the database has it. */
export type PersonRow = {
  /** Digits. */
  readonly person: string;
  readonly status: RecipientStatus;
  readonly uuid: string | null;
  readonly errorCode: string | null;
  readonly batch: BatchRow;
};

export type BatchRow = {
  readonly number: number;
  readonly status: BatchStatus;
  readonly errorCode: string | null;
  readonly errorReason: string | null;
  /** Plivo's answer to its call is known. */
  readonly isAnswered: boolean;
  readonly broadcast: BroadcastRow;
  /** Digits of all of its people. */
  readonly people: readonly string[];
};

export type BroadcastRow = {
  readonly id: string;
  readonly text: string;
  readonly status: string;
  readonly pauseReason: string | null;
  readonly batchesTotal: number;
  /** The one whose people it texts anew. */
  readonly retryOf: string | null;
};

/** The two sides that are held against each other: what the service believes, and what Plivo has done. */
export type Findings = {
  readonly rows: readonly PersonRow[];
  readonly batches: readonly BatchRow[];
  readonly broadcasts: readonly BroadcastRow[];
  /** A broadcast's texts to one person. */
  readonly textsTo: (text: string, person: string) => readonly Message[];
};

type FlatBatch = {
  broadcast_key: number;
  number: number;
  status: BatchStatus;
  recipients: string | null;
  error_code: string | null;
  error_reason: string | null;
  is_answered: number;
  id: string;
  text: string;
  broadcast_status: string;
  pause_reason: string | null;
  batches_total: number;
  retry_of: string | null;
};

type FlatPerson = {
  broadcast_key: number;
  batch_number: number;
  person: string;
  status: RecipientStatus;
  uuid: string | null;
  error_code: string | null;
};

export function readFindings({ shared, account }: Pick<Ground, 'shared' | 'account'>): Findings {
  const { batches, byRef } = readBatches(shared);
  const rows: PersonRow[] = [];
  for (const row of all<FlatPerson>(shared, PEOPLE)) {
    const batch = byRef.get(`${row.broadcast_key}/${row.batch_number}`);
    // Who was left out at acceptance is in no batch.
    if (batch === undefined) continue;
    rows.push({
      person: row.person.slice(1),
      status: row.status,
      uuid: row.uuid,
      errorCode: row.error_code,
      batch: batch.row,
    });
    batch.people.push(row.person.slice(1));
  }
  const ledger = new Map<string, Message[]>();
  for (const message of account.messages) {
    const key = `${message.text}/${message.to}`;
    ledger.set(key, [...(ledger.get(key) ?? []), message]);
  }
  for (const batch of batches)
    if (batch.isWaiting) rows.push(...batch.people.map((person) => waitingRow(person, batch.row)));
  const broadcasts = all<BroadcastRow>(shared, BROADCASTS);
  return {
    rows,
    broadcasts,
    batches: batches.map(({ row }) => row),
    textsTo: (text, person) => ledger.get(`${text}/${person}`) ?? [],
  };
}

/** Of a batch that was never claimed. */
const waitingRow = (person: string, batch: BatchRow): PersonRow => ({
  person,
  status: batch.status === 'cancelled' ? 'cancelled' : 'queued',
  uuid: null,
  errorCode: null,
  batch,
});

type ReadBatch = { readonly row: BatchRow; readonly people: string[]; readonly isWaiting: boolean };

function readBatches(shared: SharedDatabase): { batches: ReadBatch[]; byRef: Map<string, ReadBatch> } {
  const batches: ReadBatch[] = [];
  const byRef = new Map<string, ReadBatch>();
  for (const flat of all<FlatBatch>(shared, BATCHES)) {
    const isWaiting = flat.recipients !== null;
    const people = (JSON.parse(flat.recipients ?? '[]') as string[]).map((number) => number.slice(1));
    const row: BatchRow = {
      number: flat.number,
      status: flat.status,
      errorCode: flat.error_code,
      errorReason: flat.error_reason,
      isAnswered: flat.is_answered === 1,
      people,
      broadcast: {
        id: flat.id,
        text: flat.text,
        status: flat.broadcast_status,
        pauseReason: flat.pause_reason,
        batchesTotal: flat.batches_total,
        retryOf: flat.retry_of,
      },
    };
    const batch = { row, people, isWaiting };
    batches.push(batch);
    byRef.set(`${flat.broadcast_key}/${flat.number}`, batch);
  }
  return { batches, byRef };
}

const all = <Row>(shared: SharedDatabase, sql: string) => shared.run(sql, []).rows as Row[];

const BROADCASTS = `
  select id, message_text as text, status, pause_reason as "pauseReason", batches_total as "batchesTotal", retry_of as "retryOf"
  from broadcasts
  where hidden is null order by broadcast_key`;
const BATCHES = `
  select b.broadcast_key, b.number, b.status, b.recipients, b.error_code, b.error_reason,
    b.plivo_api_id is not null as is_answered,
    c.id, c.message_text as text, c.status as broadcast_status, c.pause_reason, c.batches_total, c.retry_of
  from batches b join broadcasts c on c.broadcast_key = b.broadcast_key
  where c.hidden is null order by b.broadcast_key, b.number`;
const PEOPLE = `
  select broadcast_key, batch_number, recipient_number as person, status, plivo_message_uuid as uuid, error_code
  from broadcast_recipients order by broadcast_key, batch_number, position`;
