/** Knows one database statement of the service by what it does: the columns may come in any order, and others join them. */
export type StatementTest = (statement: string) => boolean;

/** `names`: columns that the condition speaks of. */
type Update = { readonly table: string; readonly sets: readonly string[]; readonly names?: readonly string[] };

const UPDATE = /^\s*update\s+"?(\w+)"?\s+set\s+(.*?)(?:\swhere\s(.*))?$/s;

/** An update of the table that sets at least these columns. */
function updates({ table, sets, names = [] }: Update): StatementTest {
  const columns = sets.map((column) => new RegExp(`(?:^|,)\\s*"?${column}"?\\s*=`));
  const conditions = names.map((column) => new RegExp(`\\b${column}\\b`));
  return (statement) => {
    const [, updated, changes = '', condition = ''] = UPDATE.exec(statement) ?? [];
    return (
      updated === table &&
      columns.every((column) => column.test(changes)) &&
      conditions.every((column) => column.test(condition))
    );
  };
}

/** Where crashes are put. A test holds each against what the service really says to its database. */
export const STATEMENTS = {
  accept: (statement) => /^\s*insert into "?batches"?\s/.test(statement),
  claim: updates({ table: 'batches', sets: ['recipients', 'lease_owner', 'claim_number'] }),
  takeSlot: updates({ table: 'pacing', sets: ['next_start_at'] }),
  keepAnswer: updates({ table: 'batches', sets: ['plivo_api_id'] }),
  writeReport: updates({ table: 'broadcast_recipients', sets: ['status', 'plivo_message_uuid', 'sequence'] }),
  lose: updates({ table: 'batches', sets: ['unconfirmed_at', 'error_code'] }),
  prove: updates({ table: 'broadcast_recipients', sets: ['plivo_message_uuid'], names: ['recipient_number'] }),
  disprove: updates({ table: 'batches', sets: ['next_attempt_at', 'looks'] }),
  cancel: updates({ table: 'broadcasts', sets: ['pause_reason', 'failed_in_a_row'] }),
  cancelBatches: (statement) => /recipients is null as has_rows\s+from "?batches"?\s/.test(statement),
} satisfies Record<string, StatementTest>;
