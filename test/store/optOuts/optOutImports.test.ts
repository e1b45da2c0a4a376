import { sql } from 'kysely';
import { numbers } from '../../support/client';
import { eventually } from '../../support/eventually';
import { openStoreFixture, START_OF_TIME, type StoreFixture } from '../../support/storeFixture';
import { ENGINES } from '../../support/testDatabase';

const IMPORT = '00000000-0000-4000-8000-00000000000a';
const OTHER = '00000000-0000-4000-8000-00000000000b';
/** Several steps. */
const PEOPLE = numbers(2200);
const [FIRST = '', LAST = ''] = [PEOPLE[0], PEOPLE.at(-1)];
const LEASE_IS_OVER = START_OF_TIME + 6000;

describe.each(ENGINES)('an import of opt-outs on %s', (engine) => {
  let fixture: StoreFixture;
  let turns = 0;
  let onTurn: (turn: number) => void | Promise<void>;
  let messages = 0;
  beforeEach(async () => {
    turns = 0;
    onTurn = () => undefined;
    fixture = await openStoreFixture(engine, { nextTurn: async () => onTurn(++turns) });
  });
  afterEach(() => fixture.close());

  const optOuts = () => fixture.store.optOuts;
  const load = (importId: string, people: readonly string[] = PEOPLE) => optOuts().import(importId, people);
  const sourceOf = async (number: string) => (await optOuts().find(number))?.source ?? null;
  const say = (from: string, keyword: 'optIn' | 'optOut') =>
    fixture.store.inbound.keep({
      messageUuid: `message-${++messages}`,
      from,
      to: '+14155550100',
      text: keyword,
      intent: null,
      keyword,
    });
  const count = async (table: 'opt_outs' | 'opt_out_undos') => {
    const counted = await sql<{ rows: number }>`select count(*) as rows from ${sql.table(table)}`.execute(fixture.db);
    return counted.rows[0]!.rows;
  };
  /** In the middle of the work the list is as long as neither before nor after it. */
  const inTheMiddle = async () => {
    const size = await count('opt_outs');
    return size > 0 && size < PEOPLE.length;
  };
  /** Does this once, in the middle of the work. */
  const midway = (act: () => unknown) => {
    let isDone = false;
    onTurn = async () => {
      if (isDone || !(await inTheMiddle())) return;
      isDone = true;
      await act();
    };
    return () => expect(isDone).toBe(true);
  };
  /** The process stands still in the middle of the work, for ever unless it is woken. */
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

  it('lets others have their turn after every few hundred people, there and back', async () => {
    expect(await load(IMPORT)).toBe(PEOPLE.length);
    expect(turns).toBeGreaterThanOrEqual(PEOPLE.length / 500);
    turns = 0;
    expect(await optOuts().undoImport(IMPORT, null)).toBe(PEOPLE.length);
    expect(turns).toBeGreaterThanOrEqual(PEOPLE.length / 500);
    expect(await count('opt_outs')).toBe(0);
  });

  it('puts everybody on the list once, in whatever order they come', async () => {
    const mixed = PEOPLE.map((_, index) => PEOPLE[(index * 7) % PEOPLE.length]!);
    expect(await load(IMPORT, mixed)).toBe(PEOPLE.length);
    expect(await load(OTHER, ['+33612345678', FIRST])).toBe(1);
    expect(await count('opt_outs')).toBe(PEOPLE.length + 1);
    expect(await count('opt_out_undos')).toBe(0);
  });

  it('that fails midway leaves nothing', async () => {
    const expectFailed = midway(() => {
      throw new Error('A test.');
    });
    await expect(load(IMPORT)).rejects.toThrow('A test.');
    expectFailed();
    expect(await count('opt_outs')).toBe(0);
    expect((await optOuts().historyOf(FIRST)).map(({ event, note }) => [event, note])).toEqual([
      ['opted_out', null],
      ['opted_in', 'The import failed.'],
    ]);
    expect(await load(OTHER)).toBe(PEOPLE.length);
  });

  it('whose process dies midway is taken back by the next one, and one that was only slow leaves nothing either', async () => {
    const slow = await standStill(load(IMPORT));
    expect(await optOuts().undoImport(IMPORT, null)).toBeNull();
    await optOuts().finishUndos();
    expect(await inTheMiddle()).toBe(true);
    fixture.setClock(LEASE_IS_OVER);
    await optOuts().finishUndos();
    expect(await count('opt_outs')).toBe(0);
    expect((await optOuts().historyOf(FIRST)).at(-1)).toMatchObject({ note: 'The import was interrupted.' });
    slow.wake();
    expect(await slow.ended).toBe('failed');
    expect(await count('opt_outs')).toBe(0);
  });

  it('leaves out who says START while it comes in, and keeps whose STOP comes in meanwhile', async () => {
    await say(PEOPLE[1]!, 'optIn');
    fixture.setClock(START_OF_TIME + 10);
    const expectSaid = midway(async () => {
      await say(FIRST, 'optIn');
      await say(LAST, 'optIn');
      await say(PEOPLE[3]!, 'optOut');
      await say(PEOPLE.at(-2)!, 'optOut');
    });
    await load(IMPORT);
    expectSaid();
    expect(await Promise.all([FIRST, LAST].map(sourceOf))).toEqual([null, null]);
    expect(await sourceOf(PEOPLE[1]!)).toBe('import');
    await optOuts().undoImport(IMPORT, null);
    expect(await Promise.all([PEOPLE[3]!, PEOPLE.at(-2)!].map(sourceOf))).toEqual(['keyword', 'keyword']);
    expect(await count('opt_outs')).toBe(2);
  });

  it('is taken back in steps: a STOP in the middle holds, and so does a START', async () => {
    await load(IMPORT);
    const expectSaid = midway(async () => {
      expect([await sourceOf(FIRST), await sourceOf(LAST)]).toEqual([null, 'import']);
      await say(FIRST, 'optOut');
      await say(LAST, 'optOut');
      await say(PEOPLE.at(-2)!, 'optIn');
    });
    expect(await optOuts().undoImport(IMPORT, null)).toBe(PEOPLE.length - 2);
    expectSaid();
    expect([await sourceOf(FIRST), await sourceOf(LAST)]).toEqual(['keyword', 'keyword']);
    expect(await count('opt_outs')).toBe(2);
    const history = await optOuts().historyOf(PEOPLE.at(-2)!);
    expect(history.map(({ source }) => source)).toEqual(['import', 'keyword']);
  });

  it('whose undoing a crash interrupts is taken back to the end by the next process', async () => {
    await load(IMPORT);
    const dead = await standStill(optOuts().undoImport(IMPORT, 'wrong file'));
    await optOuts().finishUndos();
    expect(await inTheMiddle()).toBe(true);
    fixture.setClock(LEASE_IS_OVER);
    await optOuts().finishUndos();
    expect(await count('opt_outs')).toBe(0);
    expect((await optOuts().historyOf(LAST)).at(-1)).toMatchObject({ importId: IMPORT, note: 'wrong file' });
    dead.wake();
    expect(await dead.ended).toBe('ended');
    expect(await optOuts().historyOf(LAST)).toHaveLength(2);
  });

  it('is taken back by two at once as by one', async () => {
    await load(IMPORT);
    const removed = await Promise.all([optOuts().undoImport(IMPORT, null), optOuts().undoImport(IMPORT, null)]);
    expect(Math.max(...removed.map(Number))).toBe(PEOPLE.length);
    expect(await count('opt_outs')).toBe(0);
    const events = await sql<{ rows: number }>`select count(*) as rows from opt_out_events`.execute(fixture.db);
    expect(events.rows[0]!.rows).toBe(2 * PEOPLE.length);
  });

  it('leaves to another import whom that one names, before or in the middle of it, until it is taken back too', async () => {
    await load(IMPORT);
    await load(OTHER, [PEOPLE.at(-2)!]);
    const third = '00000000-0000-4000-8000-00000000000c';
    const expectNamed = midway(() => load(third, [FIRST, LAST]));
    expect(await optOuts().undoImport(IMPORT, null)).toBe(PEOPLE.length - 2);
    expectNamed();
    onTurn = () => undefined;
    expect(await count('opt_outs')).toBe(3);
    expect(await optOuts().undoImport(IMPORT, null)).toBe(0);
    expect(await optOuts().undoImport(OTHER, null)).toBe(1);
    expect(await optOuts().undoImport(third, null)).toBe(2);
    expect(await count('opt_outs')).toBe(0);
  });

  it('is not held for another import that named people before they last said START', async () => {
    await load(OTHER, [FIRST]);
    await say(FIRST, 'optIn');
    fixture.setClock(START_OF_TIME + 10);
    await load(IMPORT, [FIRST]);
    expect(await optOuts().undoImport(IMPORT, null)).toBe(1);
    expect(await sourceOf(FIRST)).toBeNull();
  });

  it.each(['STOP', 'another import'])('being taken back at the same moment loses no %s', async (kind) => {
    await load(IMPORT, [FIRST]);
    let word: Promise<unknown> = Promise.resolve();
    // As a step of an undo does it: who is found is locked, then looked at, then taken off.
    await fixture.db.transaction().execute(async (tx) => {
      const lock = engine === 'postgres' ? sql`for update` : sql``;
      await sql`select recipient_number from opt_outs where recipient_number = ${FIRST} ${lock}`.execute(tx);
      word = kind === 'STOP' ? say(FIRST, 'optOut') : load(OTHER, [FIRST]);
      if (engine === 'postgres') await eventually(waitsForALock);
      await tx.deleteFrom('opt_outs').where('recipient_number', '=', FIRST).execute();
    });
    await word;
    expect(await sourceOf(FIRST)).toBe(kind === 'STOP' ? 'keyword' : 'import');
  });

  const waitsForALock = async () => {
    const waiting = await sql`
      select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(fixture.db);
    return waiting.rows.length > 0;
  };
});
