import { sql, type Kysely } from 'kysely';
import { openDatabase } from '../../src/store/database';
import type { NewBroadcast } from '../../src/store/acceptStore';
import type { Schema } from '../../src/store/schema';
import { storeOn, type Store } from '../../src/store/store';
import { createTestDatabase, type EngineName } from './testDatabase';

export type StoreFixture = {
  readonly store: Store;
  readonly db: Kysely<Schema>;
  /** What the store takes for the time, in milliseconds since 1970. */
  setClock(millis: number): void;
  /** Accepts a broadcast to these people in batches of this size; returns its id. */
  accept(recipients: readonly string[], batchSize: number, change?: Partial<NewBroadcast>): Promise<string>;
  optOut(number: string): Promise<void>;
  close(): Promise<void>;
};

export const START_OF_TIME = 1_800_000_000_000;

/** A store of the test's own, with a clock that the test sets. */
export async function openStoreFixture(engine: EngineName): Promise<StoreFixture> {
  const testDatabase = await createTestDatabase(engine);
  let now = START_OF_TIME;
  const database = await openDatabase({ url: testDatabase.url, clock: () => now });
  const store = storeOn(database);
  let ids = 0;
  return {
    store,
    db: database.db,
    setClock(millis) {
      now = millis;
    },
    async accept(recipients, batchSize, change = {}) {
      const id = `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`;
      await store.accepting.accept({ ...newBroadcast(id, recipients, batchSize), ...change });
      return id;
    },
    async optOut(number) {
      await sql`insert into opt_outs (recipient_number, source, opted_out_at) values (${number}, 'api', 0)`.execute(
        database.db,
      );
    },
    async close() {
      await store.close();
      await testDatabase.drop();
    },
  };
}

function newBroadcast(id: string, recipients: readonly string[], batchSize: number): NewBroadcast {
  return {
    id,
    name: null,
    text: 'Doors open at 9.',
    sender: '+14155550100',
    powerpackUuid: null,
    expirySeconds: null,
    encoding: 'GSM-7',
    segmentsPerMessage: 1,
    submitted: recipients.length,
    duplicates: 0,
    recipients,
    invalid: [],
    *split(texted) {
      for (let from = 0; from < texted.length; from += batchSize)
        yield { token: `${id}-${from}`, recipients: texted.slice(from, from + batchSize) };
    },
    idempotency: null,
    waitMs: 0,
  };
}
