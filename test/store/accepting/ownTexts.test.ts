import { sql } from 'kysely';
import { numbers } from '../../support/client';
import { expectNobodyMissing } from '../../support/invariants';
import { newBroadcast, openStoreFixture, START_OF_TIME, type StoreFixture } from '../../support/storeFixture';
import { ENGINES } from '../../support/testDatabase';
import type { NewBatch } from '../../../src/store/accepting/broadcastInsert';

const ID = '00000000-0000-4000-8000-000000000001';
const HELD = 50;
const LATER = START_OF_TIME + 3_600_000;
const ZONES = ['Europe/Berlin'];

type Row = {
  number: number;
  size: number;
  recipients: string;
  message_text: string;
  segments: number;
  zones: string | null;
  not_before: number | null;
  callback_token: string;
};

describe.each(ENGINES)('texts of their own, on %s', (engine) => {
  let fixture: StoreFixture;
  beforeEach(async () => {
    fixture = await openStoreFixture(engine);
  });
  afterEach(() => fixture.close());

  /** Calls of one person and of two; some of them wait for a later hour. */
  function batchesOf(people: readonly string[]): NewBatch[] {
    const batches = newBroadcast(ID, people.slice(0, -1), 1).batches;
    const last = people.at(-1) ?? '';
    const held = batches.length - HELD;
    const origin = { sender: '+14155550100' };
    return batches.map((batch, index) => ({
      ...batch,
      origin,
      recipients: index === 0 ? [...batch.recipients.slice(0, 1), last] : batch.recipients,
      own: { text: ` ${index} "ä" \\ 🎉 `, segments: 1 + (index % 3) },
      ...(index < held ? {} : { zones: ZONES, notBefore: LATER }),
    }));
  }

  const rows = async () =>
    (
      await sql<Row>`select number, size, recipients, message_text, segments, zones, not_before, callback_token
        from batches order by number`.execute(fixture.db)
    ).rows;

  it.each([
    ['at once', 300],
    ['in steps', 4500],
  ])('stand as they were planned, written %s', async (_how, size) => {
    const people = numbers(size);
    const batches = batchesOf(people);
    const { store } = fixture;
    await store.accepting.accept({
      ...newBroadcast(ID, people, 1),
      batches,
      personal: { distinct: batches.length, leastSegments: 1 },
      segmentsPerMessage: 3,
      held: { until: LATER, batches: HELD },
    });

    const found = await rows();
    expect(found).toEqual(
      batches.map(({ recipients, own, zones, notBefore }, index) => ({
        number: index + 1,
        size: recipients.length,
        recipients: JSON.stringify(recipients.slice(0, recipients.length)),
        message_text: own?.text,
        segments: own?.segments,
        zones: zones === null ? null : JSON.stringify(zones),
        not_before: notBefore,
        callback_token: expect.stringContaining(batches[index]?.token ?? '') as string,
      })),
    );
    await expectNobodyMissing(store, ID);
  });
});
