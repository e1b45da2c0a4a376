/** Knows one database statement of the service by what it does: the columns may come in any order, and others join them. */
export type StatementTest = (statement: string) => boolean;

type Update = {
  readonly table: string;
  readonly sets: readonly string[];
  /** Where it must set nothing but these. */
  readonly only?: readonly string[];
};

const UPDATE = /^\s*update\s+"?(\w+)"?\s+set\s+(.*?)(?:\swhere\s.*)?$/s;
const COLUMN = /(?:^|,)\s*"?(\w+)"?\s*=/g;

/** An update of the table that sets at least these columns. */
function updates({ table, sets, only }: Update): StatementTest {
  return (statement) => {
    const [, updated, changes = ''] = UPDATE.exec(statement) ?? [];
    if (updated !== table) return false;
    const columns = [...changes.matchAll(COLUMN)].map(([, column = '']) => column);
    return (
      sets.every((column) => columns.includes(column)) &&
      (only === undefined || columns.every((column) => only.includes(column)))
    );
  };
}

const MERE_MOVE = ['status', 'status_updated_at', 'lease_owner', 'lease_expires_at'];

/** Where crashes are put. A test holds each against what the service really says to its database. */
export const STATEMENTS = {
  accept: (statement) => /^\s*insert into "?batches"?\s/.test(statement),
  claim: updates({ table: 'batches', sets: ['recipients', 'lease_owner', 'claim_number'] }),
  takeSlot: updates({ table: 'pacing', sets: ['next_start_at'] }),
  keepAnswer: updates({ table: 'batches', sets: ['plivo_api_id'] }),
  writeReport: updates({ table: 'broadcast_recipients', sets: ['status', 'plivo_message_uuid', 'sequence'] }),
  lose: updates({ table: 'batches', sets: ['unconfirmed_at', 'error_code'] }),
  /** A batch gets another status and nothing else: it was found sent, or is cancelled. */
  prove: updates({ table: 'batches', sets: ['status'], only: MERE_MOVE }),
  disprove: updates({ table: 'batches', sets: ['next_attempt_at', 'looks'] }),
  cancel: updates({ table: 'broadcasts', sets: ['pause_reason', 'failed_in_a_row'] }),
  cancelBatches: (statement) => /recipients is null as has_rows\s+from "?batches"?\s/.test(statement),
} satisfies Record<string, StatementTest>;
