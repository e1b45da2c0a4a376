import { sql, type Transaction } from 'kysely';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';

/** One call of a batch; a later claim of it is another call. */
export type AnsweredCall = {
  readonly broadcastKey: number;
  readonly number: number;
  readonly claimNumber: number;
};

/**
 * The message uuids that Plivo's answers named, per call; null where an answer does not name one for everybody, so that a
 * message may be the batch's own without being named.
 */
export type AnsweredUuids = {
  /** Reads those that are not known yet. */
  of(
    tx: Transaction<Schema>,
    engine: Engine,
    calls: readonly AnsweredCall[],
  ): Promise<(call: AnsweredCall) => ReadonlySet<string> | null>;
};

/** An answer never changes, and its reports come together. A thousand uuids of 36 letters take 100 kB. */
const MOST_REMEMBERED = 200;

const keyOf = ({ broadcastKey, number, claimNumber }: AnsweredCall) => `${broadcastKey}/${number}/${claimNumber}`;

/** Remembers the answers of the batches that reports come in for: reading one for each report would take half its time. */
export function createAnsweredUuids(): AnsweredUuids {
  const remembered = new Map<string, ReadonlySet<string> | null>();
  return {
    async of(tx, engine, calls) {
      const wanted = new Map(calls.map((call) => [keyOf(call), call]));
      const unknown = [...wanted].filter(([key]) => !remembered.has(key)).map(([, call]) => call);
      if (remembered.size + unknown.length > MOST_REMEMBERED) forgetOthers(remembered, wanted);
      for (const [key, uuids] of await read(tx, engine, unknown)) remembered.set(key, uuids);
      return (call) => remembered.get(keyOf(call)) ?? null;
    },
  };
}

function forgetOthers(remembered: Map<string, unknown>, wanted: ReadonlyMap<string, unknown>): void {
  for (const key of remembered.keys()) if (!wanted.has(key)) remembered.delete(key);
}

type Row = {
  broadcast_key: number;
  number: number;
  claim_number: number;
  uuids: string;
  invalid: string | null;
  called: number;
};

async function read(
  tx: Transaction<Schema>,
  engine: Engine,
  calls: readonly AnsweredCall[],
): Promise<Map<string, ReadonlySet<string> | null>> {
  if (calls.length === 0) return new Map();
  const found = await sql<Row>`
    select b.broadcast_key, b.number, b.claim_number, b.plivo_message_uuids as uuids, b.plivo_invalid_numbers as invalid, (
      select count(*) from broadcast_recipients r
      where r.broadcast_key = b.broadcast_key and r.batch_number = b.number
        and r.status not in ('optedOut', 'cancelled')) as called
    from ${engine.recordRows(calls, { broadcastKey: 'bigint', number: 'integer' })} as c
    join batches b on b.broadcast_key = c."broadcastKey" and b.number = c.number
    where b.plivo_message_uuids is not null`.execute(tx);
  return new Map(
    found.rows.map((row) => {
      const uuids = JSON.parse(row.uuids) as string[];
      const invalid = JSON.parse(row.invalid ?? '[]') as string[];
      const key = keyOf({ broadcastKey: row.broadcast_key, number: row.number, claimNumber: row.claim_number });
      return [key, uuids.length + invalid.length >= row.called ? new Set(uuids) : null];
    }),
  );
}
