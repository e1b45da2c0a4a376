import { sql, type Kysely, type Transaction } from 'kysely';
import { inTransaction, type Database, type OpenOptions } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Phones } from '../engine/phones';
import type { Schema } from '../engine/schema';
import { isHashed } from '../state/guards/hashedNumber';
import { REVIEWED_TABLES, type Respelling, type ReviewedTable, type StoredNumber } from './reviewedTables';

/**
 * Raised when what counts as the canonical form changes, so that all is looked through again. An opt-out that is a hash by
 * then cannot be: `optedOutSince` has to look for the hashes of the older spellings, too.
 */
const RULES = 2;
/** So many rows are read at once: 5 to 10 ms. */
const READ_AT_ONCE = 5000;
/**
 * So many are changed at once, at most, and locked meanwhile: another instance may be serving people. Of a million opt-outs
 * with their events and a million recipients, all to be changed, a step took 5 ms on SQLite and 8 on PostgreSQL, 99 of a
 * hundred less than 35 (two cores, others at work); all of it 48 s and 112 s, most of it the upkeep of indexes.
 */
const CHANGED_AT_ONCE = 300;

type Stand = { readonly isDone: boolean; readonly reached: string | null };
type Step = { readonly changes: readonly Respelling[]; readonly to: Stand };

/**
 * Brings the numbers of older versions into the canonical form, once: of two entries on the opt-out list that are one
 * phone one is left, and the history of both is its own; rows of broadcasts keep what was sent, and say whose it is. In
 * small steps, each of which keeps where it has come to. Before anything is sent: a STOP counts for every spelling.
 *
 * Instances that start together share the work: a step is taken from where it stands, by whoever comes first.
 */
export async function reviewNumbers(
  database: Database,
  { onFirstChange }: { onFirstChange?: OpenOptions['onNumbersReview'] } = {},
): Promise<void> {
  for (const reviewed of REVIEWED_TABLES) await reviewTable(database, reviewed, () => onFirstChange?.(reviewed.table));
}

async function reviewTable(database: Database, reviewed: ReviewedTable, onFirstChange: () => void): Promise<void> {
  const { db, nextTurn, phones } = database;
  await begin(db, reviewed.table);
  let isTold = false;
  for (let from = await whereItStands(db, reviewed.table); !from.isDone;) {
    const rows = await reviewed.page(db, from.reached, READ_AT_ONCE);
    for (const step of stepsThrough(rows, from, phones)) {
      if (step.changes.length > 0 && !isTold) onFirstChange();
      isTold ||= step.changes.length > 0;
      const isTaken = await takeStep(database, reviewed, from, step);
      await nextTurn();
      // Another instance took it, and knows better where to go on.
      from = isTaken ? step.to : await whereItStands(db, reviewed.table);
      if (!isTaken) break;
    }
  }
}

function stepsThrough(rows: readonly StoredNumber[], from: Stand, phones: Phones): Step[] {
  const steps: Step[] = [];
  let changes: Respelling[] = [];
  for (const { number, place } of rows) {
    const to = phones.canonicalOf(number);
    if (to === number || isHashed(number)) continue;
    changes.push({ from: number, to, place });
    if (changes.length < CHANGED_AT_ONCE) continue;
    steps.push({ changes, to: { isDone: false, reached: place } });
    changes = [];
  }
  const reached = rows.at(-1)?.place ?? from.reached;
  return [...steps, { changes, to: { isDone: rows.length < READ_AT_ONCE, reached } }];
}

/** False where it no longer stands there: then nothing was changed. */
async function takeStep(database: Database, reviewed: ReviewedTable, from: Stand, step: Step): Promise<boolean> {
  const { db, engine } = database;
  return await inTransaction(db, async (tx) => {
    const now = await whereItStands(tx, reviewed.table, engine);
    if (now.isDone || now.reached !== from.reached) return false;
    if (step.changes.length > 0) await reviewed.respell(tx, engine, step.changes);
    const doneAt = step.to.isDone ? engine.now : sql`null`;
    await sql`
      update number_reviews set reached = ${step.to.reached}, done_at = ${doneAt}
      where table_name = ${reviewed.table}`.execute(tx);
    return true;
  });
}

async function begin(db: Kysely<Schema>, table: string): Promise<void> {
  await sql`
    insert into number_reviews (table_name, rules) values (${table}, ${RULES})
    on conflict (table_name) do update set rules = excluded.rules, reached = null, done_at = null
    where number_reviews.rules <> excluded.rules`.execute(db);
}

/** With `engine`, nobody else takes a step until the transaction ends. */
async function whereItStands(
  db: Kysely<Schema> | Transaction<Schema>,
  table: string,
  engine?: Pick<Engine, 'forUpdate'>,
): Promise<Stand> {
  const found = await sql<{ reached: string | null; done_at: number | null }>`
    select reached, done_at from number_reviews where table_name = ${table} ${engine?.forUpdate ?? sql``}`.execute(db);
  const [row] = found.rows;
  return { isDone: typeof row?.done_at === 'number', reached: row?.reached ?? null };
}
