import { sql, type Transaction } from 'kysely';
import { OPT_OUT_SOURCES, weakerThan } from '../../domain/states/optOut';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';

/** Raised when what counts as the canonical form changes, so that all is looked through again. */
const RULES = 2;
/** So many rows are looked at in one step: 10 ms and less where none has to change. */
const AT_ONCE = 5000;

/** A stored number and what it is to be called. */
type Respelling = { readonly from: string; readonly to: string };

/** A table's numbers in the order of a key; `place` and `reached` are that key, as text. */
type Review = {
  readonly table: string;
  readonly page: (tx: Transaction<Schema>, reached: string | null) => Promise<{ number: string; place: string }[]>;
  readonly respell: (
    tx: Transaction<Schema>,
    engine: Engine,
    changes: readonly Respelling[],
    range: Range,
  ) => Promise<void>;
};

/** From behind one place to another, both as texts; null from the beginning. */
type Range = { readonly after: string | null; readonly until: string };

/**
 * Brings the numbers of older versions into the canonical form, once: of two entries on the opt-out list that are one
 * phone one is left, and the history of both is its own; rows of broadcasts keep what was sent, and say whose it is. In
 * small steps, each of which keeps where it has come to. Before anything is sent: a STOP counts for every spelling.
 */
export async function reviewNumbers(database: Database): Promise<void> {
  for (const review of REVIEWS) await reviewTable(database, review);
}

async function reviewTable({ db, engine, nextTurn, phones }: Database, review: Review): Promise<void> {
  for (;;) {
    const isDone = await inTransaction(db, async (tx) => {
      const { isDone: wasDone, reached } = await whereItStands(tx, review.table);
      if (wasDone) return true;
      const rows = await review.page(tx, reached);
      const changes = distinctChanges(rows, (number) => phones.canonicalOf(number));
      const until = rows.at(-1)?.place;
      if (changes.length > 0 && until !== undefined)
        await review.respell(tx, engine, changes, { after: reached, until });
      const isLast = rows.length < AT_ONCE;
      await keepPlace(tx, engine, review.table, { reached: until ?? reached, isLast });
      return isLast;
    });
    if (isDone) return;
    await nextTurn();
  }
}

async function whereItStands(
  tx: Transaction<Schema>,
  table: string,
): Promise<{ isDone: boolean; reached: string | null }> {
  const row = await tx.selectFrom('number_reviews').selectAll().where('table_name', '=', table).executeTakeFirst();
  if (row?.rules !== RULES) return { isDone: false, reached: null };
  return { isDone: row.done_at !== null, reached: row.reached };
}

async function keepPlace(
  tx: Transaction<Schema>,
  engine: Engine,
  table: string,
  { reached, isLast }: { reached: string | null; isLast: boolean },
): Promise<void> {
  const doneAt = isLast ? engine.now : sql`null`;
  await sql`
    insert into number_reviews (table_name, rules, reached, done_at)
    values (${table}, ${RULES}, cast(${reached} as text), ${doneAt})
    on conflict (table_name) do update set rules = excluded.rules, reached = excluded.reached, done_at = excluded.done_at`.execute(
    tx,
  );
}

function distinctChanges(rows: readonly { number: string }[], canonicalOf: (number: string) => string): Respelling[] {
  const changes = new Map<string, string>();
  for (const { number } of rows) {
    const to = canonicalOf(number);
    if (to !== number) changes.set(number, to);
  }
  return Array.from(changes, ([from, to]) => ({ from, to }));
}

/** Pairs as rows of a derived table `p` with `old_number` and `new_number`. */
const pairs = (engine: Engine, changes: readonly Respelling[]) => sql`(
  select o.value as old_number, n.value as new_number
  from ${engine.stringRows(changes.map(({ from }) => from))} as o
  join ${engine.stringRows(changes.map(({ to }) => to))} as n on n.position = o.position)`;

/** Both entries count: the stronger word and the earlier time are kept. Each target once a statement, as upserts ask. */
async function mergeOptOuts(tx: Transaction<Schema>, engine: Engine, changes: readonly Respelling[]): Promise<void> {
  const rest = new Map<string, Respelling>();
  const later: Respelling[] = [];
  for (const change of changes) {
    if (rest.has(change.to)) later.push(change);
    else rest.set(change.to, change);
  }
  const once = [...rest.values()];
  const isStronger = sql.join(
    OPT_OUT_SOURCES.flatMap((source) =>
      weakerThan(source).map((weaker) => sql`(excluded.source = ${source} and opt_outs.source = ${weaker})`),
    ),
    sql` or `,
  );
  await sql`
    insert into opt_outs (recipient_number, source, opted_out_at, import_id)
    select p.new_number, o.source, o.opted_out_at, o.import_id
    from ${pairs(engine, once)} as p join opt_outs o on o.recipient_number = p.old_number where true
    on conflict (recipient_number) do update set
      source = case when ${isStronger} then excluded.source else opt_outs.source end,
      import_id = case when ${isStronger} then excluded.import_id else opt_outs.import_id end,
      opted_out_at = case when excluded.opted_out_at < opt_outs.opted_out_at
        then excluded.opted_out_at else opt_outs.opted_out_at end`.execute(tx);
  await sql`
    delete from opt_outs
    where recipient_number in (select value from ${engine.stringRows(once.map(({ from }) => from))} as g)`.execute(tx);
  if (later.length > 0) await mergeOptOuts(tx, engine, later);
}

/** A table whose key is a number, and whose numbers are what the person is called: they are written anew. */
const rewritten = (table: string, key: string, column: string): Review => ({
  table,
  page: async (tx, reached) =>
    (
      await sql<{ number: string; place: string }>`
        select ${sql.ref(column)} as number, cast(${sql.ref(key)} as text) as place from ${sql.table(table)}
        where ${sql.ref(key)} > ${Number(reached ?? 0)} order by ${sql.ref(key)} limit ${AT_ONCE}`.execute(tx)
    ).rows,
  respell: async (tx, engine, changes, { after, until }) => {
    await sql`
      update ${sql.table(table)} set ${sql.ref(column)} = p.new_number from ${pairs(engine, changes)} as p
      where ${sql.ref(column)} = p.old_number and ${sql.ref(key)} > ${Number(after ?? 0)}
        and ${sql.ref(key)} <= ${Number(until)}`.execute(tx);
  },
});

type RowPlace = readonly [broadcastKey: number, batch: number, position: number];
const placeOf = (text: string | null): RowPlace => (text === null ? [0, 0, -1] : (JSON.parse(text) as RowPlace));

const REVIEWS: readonly Review[] = [
  {
    table: 'opt_outs',
    page: async (tx, reached) => {
      const rows = await tx
        .selectFrom('opt_outs')
        .select('recipient_number as number')
        .where('recipient_number', '>', reached ?? '')
        .orderBy('recipient_number')
        .limit(AT_ONCE)
        .execute();
      return rows.map(({ number }) => ({ number, place: number }));
    },
    respell: mergeOptOuts,
  },
  rewritten('opt_out_events', 'event_key', 'recipient_number'),
  rewritten('inbound_messages', 'inbound_key', 'from_number'),
  {
    table: 'broadcast_recipients',
    page: async (tx, reached) => {
      const [key, batch, position] = placeOf(reached);
      const rows = await sql<{ number: string; key: number; batch: number; position: number }>`
        select recipient_number as number, broadcast_key as key, batch_number as batch, position from broadcast_recipients
        where (broadcast_key, batch_number, position) > (${key}, ${batch}, ${position})
        order by broadcast_key, batch_number, position limit ${AT_ONCE}`.execute(tx);
      return rows.rows.map((row) => ({
        number: row.number,
        place: JSON.stringify([row.key, row.batch, row.position]),
      }));
    },
    respell: async (tx, engine, changes, { after, until }) => {
      const [[fromKey], [toKey]] = [placeOf(after), placeOf(until)];
      await sql`
        update broadcast_recipients set canonical_number = p.new_number from ${pairs(engine, changes)} as p
        where broadcast_recipients.recipient_number = p.old_number and batch_number > 0
          and broadcast_key between ${fromKey} and ${toKey}`.execute(tx);
    },
  },
];
