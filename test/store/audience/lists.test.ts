import { sql } from 'kysely';
import { SubmittedPeople } from '../../../src/domain/audience/submittedPeople';
import { digitsAsNumber } from '../../../src/domain/numbers/numberSet';
import type { SavedList } from '../../../src/store/audience/listRows';
import type { NewPeople } from '../../../src/store/audience/listStore';
import { brokenListRules } from '../../../src/store/upkeep/verifyLists';
import { numbers } from '../../support/client';
import { eventually } from '../../support/eventually';
import { openStoreFixture, START_OF_TIME, type StoreFixture } from '../../support/storeFixture';
import { ENGINES } from '../../support/testDatabase';

/** Several steps, as each has a long value. */
const MANY = numbers(2600);
const LONG = 'x'.repeat(300);
const LEASE_IS_OVER = START_OF_TIME + 6000;
const NOBODY_READS_ANY_MORE = START_OF_TIME + 3_600_000;

const peopleOf = (all: readonly string[], value = LONG): NewPeople => {
  const people = new SubmittedPeople();
  for (const number of all) people.add(digitsAsNumber(number), JSON.stringify([value]));
  return { fields: ['note'], length: people.length, inOrder: (nextTurn) => people.inOrder(nextTurn) };
};

describe.each(ENGINES)('The people of a list on %s', (engine) => {
  let fixture: StoreFixture;
  let turns = 0;
  let onTurn: () => void | Promise<void>;
  beforeEach(async () => {
    turns = 0;
    onTurn = () => undefined;
    fixture = await openStoreFixture(engine, {
      nextTurn: async () => {
        turns++;
        await onTurn();
      },
    });
  });
  afterEach(() => fixture.close());

  const lists = () => fixture.store.lists;
  const found = async (): Promise<SavedList> => (await lists().find('a'))!;
  const readAll = async (list: SavedList) => {
    const all: { digits: number; value: string | null | undefined }[] = [];
    for await (const some of lists().people(list))
      all.push(...some.map(({ digits, values: [value] }) => ({ digits, value })));
    return all;
  };
  const whoIsOn = async (list: SavedList) => (await readAll(list)).map(({ digits }) => `+${digits}`);
  const faults = async () => {
    const row = await fixture.db.selectFrom('lists').selectAll().executeTakeFirstOrThrow();
    return await fixture.db.transaction().execute((tx) => brokenListRules(tx, row));
  };
  const rows = async (table: 'list_versions' | 'list_chunks') => {
    const counted = await sql<{ rows: number }>`select count(*) as rows from ${sql.table(table)}`.execute(fixture.db);
    return counted.rows[0]!.rows;
  };
  const removeAll = async () => {
    while (await lists().removeSome());
  };
  /** Does this once, when some of a new version is written and not all. */
  const midway = (act: () => unknown) => {
    let isDone = false;
    onTurn = async () => {
      const written = await sql<{ rows: number }>`
        select count(*) as rows from list_chunks c join list_versions v on v.version_key = c.version_key
        where v.state = 'arriving'`.execute(fixture.db);
      if (isDone || written.rows[0]!.rows === 0) return;
      isDone = true;
      await act();
    };
    return () => expect(isDone).toBe(true);
  };
  /** The process stands still in the middle of the work until it is woken. */
  const standStill = async (work: Promise<unknown>) => {
    let wake: () => void = () => undefined;
    let stands = false;
    midway(() => {
      stands = true;
      return new Promise<void>((resolve) => (wake = resolve));
    });
    const ended = work.then(
      () => 'ended',
      () => 'failed',
    );
    await eventually(() => stands);
    onTurn = () => undefined;
    return { wake: () => wake(), ended };
  };

  it('are those from before until the last step, and then all are the new ones', async () => {
    await lists().replace('a', peopleOf(['+14155550101']));
    const before = await found();
    const check = midway(async () => {
      expect(await whoIsOn(await found())).toEqual(['+14155550101']);
      expect((await found()).recipients).toBe(1);
    });
    const { isNew, list } = await lists().replace('a', peopleOf(MANY));
    check();
    expect({ isNew, recipients: list.recipients }).toEqual({ isNew: false, recipients: MANY.length });
    expect(await whoIsOn(await found())).toEqual(MANY);
    expect(await whoIsOn(before)).toEqual(['+14155550101']);
    expect(turns).toBeGreaterThan(5);
  });

  it('are nobody where their writer died, and what it has left is removed in steps', async () => {
    const { ended, wake } = await standStill(lists().replace('a', peopleOf(MANY)));
    expect(await lists().find('a')).toBeNull();
    expect(await lists().removeSome()).toBe(false);
    fixture.setClock(LEASE_IS_OVER);
    await removeAll();
    expect([await rows('list_versions'), await rows('list_chunks')]).toEqual([0, 0]);
    wake();
    expect(await ended).toBe('failed');
    expect(await lists().find('a')).toBeNull();
    expect((await lists().replace('a', peopleOf(MANY))).isNew).toBe(true);
  });

  it('are as before where adding to them fails, and what was written goes at once', async () => {
    await lists().replace('a', peopleOf(MANY.slice(0, 100)));
    const check = midway(() => {
      throw new Error('The disk is full.');
    });
    await expect(lists().add('a', peopleOf(MANY, 'y'.repeat(300)))).rejects.toThrow('The disk is full.');
    check();
    onTurn = () => undefined;
    await removeAll();
    expect(await rows('list_versions')).toBe(1);
    expect(await readAll(await found())).toEqual(
      MANY.slice(0, 100).map((number) => ({ digits: digitsAsNumber(number), value: LONG })),
    );
  });

  it('are kept for those who still read them, and told to be gone where they read for too long', async () => {
    await lists().replace('a', peopleOf(MANY));
    const slow = lists().people(await found());
    const first = await slow.next();
    expect(first.done).toBe(false);
    await lists().replace('a', peopleOf(['+14155550101']));
    await removeAll();
    expect(await rows('list_versions')).toBe(2);
    fixture.setClock(NOBODY_READS_ANY_MORE);
    await removeAll();
    expect(await rows('list_versions')).toBe(1);
    const readOn = async () => {
      for await (const some of slow) expect(some.length).toBeGreaterThan(0);
    };
    await expect(readOn()).rejects.toThrow('removed while it was read');
    expect(await whoIsOn(await found())).toEqual(['+14155550101']);
  });

  it('include who was added and taken off while many others were added', async () => {
    await lists().replace('a', peopleOf(MANY.slice(0, 200), 'old'));
    const check = midway(async () => {
      await lists().add('a', peopleOf(['+14155559999'], 'meanwhile'));
      await lists().removePerson('a', digitsAsNumber(MANY[7]!));
    });
    const result = await lists().add('a', peopleOf(MANY.slice(100)));
    check();
    expect(result).toMatchObject({ added: 2400, updated: 100 });
    const all = [...MANY.filter((_, at) => at !== 7), '+14155559999'];
    expect(await whoIsOn(await found())).toEqual(all.sort());
    expect((await found()).recipients).toBe(MANY.length);
  });

  it('are not added to where others change the list again and again, and it says so', async () => {
    await lists().replace('a', peopleOf(['+14155550101']));
    let changes = 0;
    const change = async () => {
      onTurn = () => undefined;
      await lists().add('a', peopleOf([`+1415555${1000 + changes++}`], 'meanwhile'));
      onTurn = change;
    };
    onTurn = change;
    expect(await lists().add('a', peopleOf(MANY))).toBe('changed');
    onTurn = () => undefined;
    expect((await found()).recipients).toBe(changes + 1);
  });

  it('are those of the last of several who replace them at once', async () => {
    const all = Array.from({ length: 4 }, (_, at) => MANY.slice(at * 600, at * 600 + 600));
    const results = await Promise.all(all.map((people) => lists().replace('a', peopleOf(people))));
    expect(results.filter(({ isNew }) => isNew)).toHaveLength(1);
    const people = await whoIsOn(await found());
    expect(all).toContainEqual(people);
    fixture.setClock(NOBODY_READS_ANY_MORE);
    await removeAll();
    expect(await rows('list_versions')).toBe(1);
  });

  it('stay in order through a thousand small changes', async () => {
    await lists().replace('a', peopleOf(MANY.filter((_, at) => at % 2 === 0)));
    for (let from = 0; from < MANY.length; from += 50)
      await lists().add('a', peopleOf(MANY.slice(from, from + 50), 'new'));
    expect(await whoIsOn(await found())).toEqual(MANY);
    for (const number of MANY.slice(0, 700)) await lists().removePerson('a', digitsAsNumber(number));
    expect(await whoIsOn(await found())).toEqual(MANY.slice(700));
    expect((await found()).recipients).toBe(MANY.length - 700);
    expect(await lists().removePerson('a', digitsAsNumber(MANY[0]!))).toBe('absent');
    await lists().add('a', peopleOf(MANY.slice(0, 50), 'back'));
    expect((await whoIsOn(await found())).slice(0, 50)).toEqual(MANY.slice(0, 50));
  });

  it('are held against their count and their places by npm run verify', async () => {
    await lists().replace('a', peopleOf(MANY));
    await lists().add('a', peopleOf(numbers(3, 5000), 'new'));
    await lists().removePerson('a', digitsAsNumber(MANY[7]!));
    expect(await faults()).toEqual([]);
    await sql`update lists set recipients = recipients + 1`.execute(fixture.db);
    expect(await faults()).toEqual([`it counts ${MANY.length + 3} people and has ${MANY.length + 2}`]);
    await sql`update lists set recipients = recipients - 1`.execute(fixture.db);
    const last = sql`(select max(from_number) from list_chunks)`;
    await sql`update list_chunks set from_number = from_number + 1 where from_number = ${last}`.execute(fixture.db);
    expect(await faults()).toEqual(['1 of its people are where nobody looks for them']);
  });
});
