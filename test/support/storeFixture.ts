import { sql, type Kysely } from 'kysely';
import { openDatabase } from '../../src/store/engine/database';
import { splitIntoBatches } from '../../src/domain/plan/batching';
import type { Paces } from '../../src/domain/time/pacing';
import type { NewBatch, NewBroadcast } from '../../src/store/accepting/broadcastInsert';
import type { Claim, ClaimOptions } from '../../src/store/claiming/claimStore';
import type { Schema } from '../../src/store/engine/schema';
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

export type StoreFixtureOptions = {
  readonly nextTurn?: () => Promise<void>;
  readonly onStatement?: (statement: string) => void;
  /**
   * On PostgreSQL: a table of ten rows is read and sorted as a whole, and a claim then locks a batch of every broadcast; with
   * more, it goes by the index and locks one. So it does here: then claims of several broadcasts are under way at once.
   */
  readonly plansAsWithMany?: boolean;
};

export const START_OF_TIME = 1_800_000_000_000;

/** A store of the test's own, with a clock that the test sets; `nextTurn` is what long work does between its steps. */
export async function openStoreFixture(
  engine: EngineName,
  { plansAsWithMany = false, ...options }: StoreFixtureOptions = {},
): Promise<StoreFixture> {
  const testDatabase = await createTestDatabase(engine, { sorts: !plansAsWithMany });
  let now = START_OF_TIME;
  const database = await openDatabase({ url: testDatabase.url, clock: () => now, ...options });
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
      const optedOut = await store.accepting.optedOutAmong(recipients);
      const texted = recipients.filter((number) => !optedOut.has(number));
      const leftOut = { optedOut: [...optedOut], submitted: recipients.length };
      await store.accepting.accept({ ...newBroadcast(id, texted, batchSize), ...leftOut, ...change });
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

const EXAMPLE_SENDER = '+14155550100';

/** A broadcast as the service would hand it to the store: these people, in batches of this size. */
export function newBroadcast(
  id: string,
  recipients: readonly string[],
  batchSize: number,
): NewBroadcast & { readonly batches: readonly NewBatch[] } {
  return {
    id,
    name: null,
    text: 'Doors open at 9.',
    sender: EXAMPLE_SENDER,
    powerpackUuid: null,
    expirySeconds: null,
    mediaUrls: null,
    quietHours: null,
    textHash: 'doors-open',
    topic: null,
    scheduledAt: null,
    sendAtLocal: null,
    canary: null,
    encoding: 'GSM-7',
    segmentsPerMessage: 1,
    segments: recipients.length,
    personal: null,
    held: null,
    submitted: recipients.length,
    duplicates: 0,
    accepted: recipients.length,
    invalid: [],
    optedOut: [],
    batches: [...splitIntoBatches(recipients, batchSize)].map((batch, index) => ({
      token: `${id}-${index}`,
      recipients: batch,
      origin: { sender: EXAMPLE_SENDER },
      zones: null,
      goesAt: null,
      notBefore: null,
      own: null,
    })),
    senders: [],
    countries: [{ country: 'US', recipients: recipients.length, segments: recipients.length, nanos: null }],
    currency: null,
    idempotency: null,
    waitMs: 0,
  };
}

/** No rate is known. */
export const NO_PACES: Paces = { account: null, sender: null };

/** What the service asks for when it looks for a batch, unless the test says otherwise. */
export const CLAIM: ClaimOptions = {
  owner: 'a',
  leaseMs: 60_000,
  onlyAwaited: false,
  isProbe: false,
  pacesOf: () => NO_PACES,
  duplicateWindowMs: 0,
  textCaps: [],
};

/** Takes the next batch; null where none can be sent now. */
export async function claimNext(store: Store, options: Partial<ClaimOptions> = {}): Promise<Claim | null> {
  const result = await store.claims.claimNextBatch({ ...CLAIM, ...options });
  return result?.kind === 'claimed' ? result.claim : null;
}

/** Claims until there is nothing left, so many at the same moment. */
export async function claimAllAtOnce(
  store: Store,
  atOnce: number,
  options: Partial<ClaimOptions> = {},
): Promise<Claim[]> {
  const claims: Claim[] = [];
  const claimOnAndOn = async (owner: string) => {
    for (;;) {
      const result = await store.claims.claimNextBatch({ ...CLAIM, ...options, owner });
      if (result?.kind === 'claimed') claims.push(result.claim);
      // What others have locked is passed over, and may be there again.
      if (result === null && (await store.claims.nextAttemptInMs({ onlyAwaited: false })) === null) return;
    }
  };
  const owners = Array.from({ length: atOnce }, (_, index) => `owner ${index}`);
  // Opens the connections: else the first claim would be through before there is a second one.
  await Promise.all(owners.map(() => store.claims.nextAttemptInMs({ onlyAwaited: false })));
  await Promise.all(owners.map(claimOnAndOn));
  return claims;
}
