import { sql, type Kysely } from 'kysely';
import { countBySender } from '../../../src/store/engine/migrations/0012_broadcast_senders';
import { openDatabase } from '../../../src/store/engine/database';
import { storeOn } from '../../../src/store/store';
import { numbers } from '../../support/client';
import { expectNobodyMissing } from '../../support/invariants';
import { CLAIM, newBroadcast } from '../../support/storeFixture';
import { createTestDatabase, ENGINES } from '../../support/testDatabase';

const OURS = '+14155550100';
const people = numbers(6);

describe.each(ENGINES)('a broadcast of several senders that an older version has begun, on %s', (engine) => {
  it('has what waits of each sender counted, and each batch says who it comes from', async () => {
    const file = await createTestDatabase(engine);
    const before = await openDatabase({ url: file.url });
    const senders = [
      { sender: OURS, calls: 2, units: 4 },
      { sender: 'ACME', calls: 1, units: 2 },
    ];
    const planned = newBroadcast('00000000-0000-4000-8000-000000000001', people, 2);
    const batches = planned.batches.map((batch, at) => ({ ...batch, origin: { sender: at === 1 ? 'ACME' : OURS } }));
    await storeOn(before).accepting.accept({ ...planned, batches, senders });
    await storeOn(before).claims.claimNextBatch(CLAIM);
    for (const statement of [
      'drop index batches_by_sender',
      'drop table broadcast_senders',
      `update batches set sender = null where sender = '${OURS}'`,
    ])
      await sql.raw(statement).execute(before.db);
    // Alone, as later ones are there already.
    await countBySender(before.engine).up(before.db as unknown as Kysely<unknown>);
    await before.close();

    const after = await openDatabase({ url: file.url });
    const counted = await after.db.selectFrom('broadcast_senders').selectAll().orderBy('sender').execute();
    expect(counted).toMatchObject([
      { sender: OURS, batches_total: 2, batches_pending: 1, segments_total: 4 },
      { sender: 'ACME', batches_total: 1, batches_pending: 1, segments_total: 2 },
    ]);
    await expectNobodyMissing(storeOn(after), planned.id);
    await after.close();
    await file.drop();
  });
});
