import { sql } from 'kysely';
import { openDatabase, type Database } from '../../../src/store/engine/database';
import { nameSqliteFile, type TestDatabase } from '../../support/testDatabase';

/** The text of the schema as it was, read anew. */
async function asBefore({ db }: Database): Promise<void> {
  await sql`pragma writable_schema = on`.execute(db);
  await sql`
    update sqlite_master set sql = replace(sql, '(''awaiting_approval'', ', '(')
    where type = 'table' and name = 'broadcasts'`.execute(db);
  await sql`pragma writable_schema = reset`.execute(db);
  const columns = ['state', 'digest', 'until', 'by', 'at', 'reason'];
  await sql`drop index broadcasts_unapproved`.execute(db);
  for (const column of columns) await sql.raw(`alter table broadcasts drop column approval_${column}`).execute(db);
  await sql`delete from kysely_migration where name >= '0023'`.execute(db);
  await sql`drop table audit_log`.execute(db);
  await sql`alter table broadcasts drop column callback_url`.execute(db);
  await sql`drop table webhook_addresses`.execute(db);
  await sql`drop table request_counts`.execute(db);
  await sql`drop table used_signatures`.execute(db);
  await sql`drop index broadcasts_texted_twice`.execute(db);
  await sql`drop index batches_refused`.execute(db);
  for (const column of ['dispatched_until', 'doubt_from', 'doubt_until', 'doubt_key'])
    await sql.raw(`alter table pacing drop column ${column}`).execute(db);
}

const insert = ({ db }: Database, id: string, status: string) =>
  sql`
    insert into broadcasts (id, message_text, encoding, segments_per_message, status, submitted, duplicates, accepted,
      invalid_at_acceptance, opted_out_at_acceptance, recipients_queued, recipients_sent, recipients_delivered,
      recipients_undelivered, recipients_failed, recipients_invalid, recipients_opted_out, recipients_cancelled,
      recipients_unknown, batches_total, batches_pending, batches_sending, batches_sent, batches_unconfirmed, batches_held,
      batches_failed, batches_cancelled, turn_at, created_at, status_updated_at)
    values (${id}, 'Hi', 'GSM-7', 1, ${status}, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)`.execute(
    db,
  );

describe('an SQLite file of a version without approvals', () => {
  let file: TestDatabase;
  beforeEach(() => {
    file = nameSqliteFile();
  });
  afterEach(() => file.drop());

  it('keeps what is in it, takes the new status, and still refuses one that there is not', async () => {
    const before = await openDatabase({ url: file.url });
    await asBefore(before);
    await insert(before, 'old', 'paused');
    await expect(insert(before, 'early', 'awaiting_approval')).rejects.toThrow(/CHECK/);
    await before.close();

    const after = await openDatabase({ url: file.url });
    await insert(after, 'new', 'awaiting_approval');
    await expect(insert(after, 'wrong', 'approved')).rejects.toThrow(/CHECK/);
    const { rows } = await sql`select id, status from broadcasts order by broadcast_key`.execute(after.db);
    expect(rows).toEqual([
      { id: 'old', status: 'paused' },
      { id: 'new', status: 'awaiting_approval' },
    ]);
    const found = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(after.db);
    expect(found.rows).toEqual([{ integrity_check: 'ok' }]);
    await after.close();
  });
});
