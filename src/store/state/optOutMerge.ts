import { sql, type Transaction } from 'kysely';
import { OPT_OUT_SOURCES, weakerThan } from '../../domain/states/optOut';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';

/** What a number on the list is to be called. */
type Renaming = { readonly from: string; readonly to: string };

/**
 * Entries under their new numbers; where there is one of that number already both count: the stronger word and the earlier
 * time are kept. Whom somebody has taken off the list since stays off it.
 */
export async function mergeOptOuts(
  tx: Transaction<Schema>,
  engine: Engine,
  changes: readonly Renaming[],
): Promise<void> {
  const held = await hold(tx, engine, changes);
  // Who comes onto the list from now on stays there as they are: they were not looked at.
  for (const distinct of withDistinctTargets(changes.filter(({ from }) => held.has(from)))) {
    await copy(tx, engine, distinct);
    await remove(tx, engine, distinct);
  }
}

/** Each target once a statement, as upserts ask; in one order, as others who write to the list do. */
function withDistinctTargets(changes: readonly Renaming[]): Renaming[][] {
  const groups: Map<string, Renaming>[] = [];
  for (const change of changes) {
    let group = groups.find((other) => !other.has(change.to));
    if (group === undefined) groups.push((group = new Map<string, Renaming>()));
    group.set(change.to, change);
  }
  return groups.map((group) => [...group.values()].sort((one, other) => (one.to < other.to ? -1 : 1)));
}

/** Who is on the list. Else who says START between two of these statements would be put back on it, and who says STOP taken off. */
async function hold(
  tx: Transaction<Schema>,
  engine: Engine,
  changes: readonly Renaming[],
): Promise<ReadonlySet<string>> {
  const numbers = [...new Set(changes.flatMap(({ from, to }) => [from, to]))];
  const held = await sql<{ recipient_number: string }>`
    select recipient_number from opt_outs
    where recipient_number in (select value from ${engine.stringRows(numbers)} as r)
    order by recipient_number ${engine.forUpdate}`.execute(tx);
  return new Set(held.rows.map((row) => row.recipient_number));
}

async function copy(tx: Transaction<Schema>, engine: Engine, changes: readonly Renaming[]): Promise<void> {
  const rows = changes.map(({ from, to }) => ({ from_number: from, to_number: to }));
  const isStronger = sql.join(
    OPT_OUT_SOURCES.flatMap((source) =>
      weakerThan(source).map((weaker) => sql`(excluded.source = ${source} and opt_outs.source = ${weaker})`),
    ),
    sql` or `,
  );
  await sql`
    insert into opt_outs (recipient_number, source, opted_out_at, import_id)
    select p.to_number, o.source, o.opted_out_at, o.import_id
    from ${engine.recordRows(rows, { from_number: 'text', to_number: 'text' })} as p
    join opt_outs o on o.recipient_number = p.from_number where true
    on conflict (recipient_number) do update set
      source = case when ${isStronger} then excluded.source else opt_outs.source end,
      import_id = case when ${isStronger} then excluded.import_id else opt_outs.import_id end,
      opted_out_at = case when excluded.opted_out_at < opt_outs.opted_out_at
        then excluded.opted_out_at else opt_outs.opted_out_at end`.execute(tx);
}

async function remove(tx: Transaction<Schema>, engine: Engine, changes: readonly Renaming[]): Promise<void> {
  await sql`
    delete from opt_outs
    where recipient_number in (select value from ${engine.stringRows(changes.map(({ from }) => from))} as r)`.execute(
    tx,
  );
}
