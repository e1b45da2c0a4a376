import { sql, type Transaction } from 'kysely';
import { PUT_ASIDE_AFTER_MS } from '../../domain/time/webhookRetries';
import type { WebhookEvent } from '../../domain/states/webhookEvent';
import { inTransaction, type Database } from '../engine/database';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';

/** An address at which nothing is taken. */
export type FailingAddress = {
  readonly url: string;
  readonly failingSince: number;
  /** Nothing is told there any more; null while it is tried. */
  readonly putAsideAt: number | null;
};

export type AddressStore = {
  /** Where everything is told from now on, by all instances; null for nowhere. */
  setDefault(address: { readonly url: string; readonly wanted: readonly WebhookEvent[] } | null): Promise<void>;
  /** The longest failing first. */
  failing(limit: number): Promise<FailingAddress[]>;
};

export function createAddressStore({ db, engine }: Database): AddressStore {
  return {
    setDefault: (address) =>
      inTransaction(db, async (tx) => {
        // Of two that start at once, one comes after the other: neither sees what the other has not committed.
        if (engine.kind === 'postgres') await sql`lock table webhook_addresses in share row exclusive mode`.execute(tx);
        await sql`
          update webhook_addresses set is_default = 0, wanted = null
          where is_default = 1 and url <> ${address?.url ?? ''}`.execute(tx);
        if (address === null) return;
        const wanted = JSON.stringify(address.wanted);
        await sql`
          insert into webhook_addresses (url, is_default, wanted) values (${address.url}, 1, ${wanted})
          on conflict (url) do update set is_default = 1, wanted = ${wanted}`.execute(tx);
      }),

    async failing(limit) {
      const rows = await db
        .selectFrom('webhook_addresses')
        .selectAll()
        .where('failing_since', 'is not', null)
        .orderBy('failing_since')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        url: row.url,
        failingSince: row.failing_since ?? 0,
        putAsideAt: row.put_aside_at,
      }));
    },
  };
}

/** Something was taken there. */
export async function noteTaken(tx: Transaction<Schema>, url: string): Promise<void> {
  await sql`
    update webhook_addresses set failing_since = null, put_aside_at = null
    where url = ${url} and failing_since is not null`.execute(tx);
}

/** After so long without a try, whether an address fails is asked anew. Longer than all tries of one delivery take. */
const FORGOTTEN_AFTER_MS = 3 * 24 * 3_600_000;

/** With a first try, and nothing tried there of late: what failed days ago says nothing of the days since. */
export async function forgetOldFailures(
  tx: Transaction<Schema>,
  engine: Engine,
  url: string,
  key: number,
): Promise<void> {
  await sql`
    update webhook_addresses set failing_since = null
    where url = ${url} and failing_since <= ${engine.now} - ${FORGOTTEN_AFTER_MS} and put_aside_at is null
      and not exists (select 1 from webhook_deliveries
        where status = 'pending' and url = ${url} and tries > 0 and delivery_key <> ${key})
      and not exists (select 1 from webhook_deliveries
        where status = 'failed' and url = ${url} and status_updated_at > ${engine.now} - ${FORGOTTEN_AFTER_MS})`.execute(
    tx,
  );
}

/**
 * Nothing was taken. Returns whether the address is put aside, and whether that was done for it just now.
 */
export async function noteRefused(
  tx: Transaction<Schema>,
  engine: Engine,
  url: string,
): Promise<'tried on' | 'put aside now' | 'put aside'> {
  await sql`
    insert into webhook_addresses (url, failing_since) values (${url}, ${engine.now})
    on conflict (url) do update set failing_since = ${engine.now} where webhook_addresses.failing_since is null`.execute(
    tx,
  );
  const put = await sql`
    update webhook_addresses set put_aside_at = ${engine.now}, is_given_up = 0
    where url = ${url} and put_aside_at is null and failing_since <= ${engine.now} - ${PUT_ASIDE_AFTER_MS}`.execute(tx);
  if ((put.numAffectedRows ?? 0n) > 0n) return 'put aside now';
  const aside = await sql`
    select 1 from webhook_addresses where url = ${url} and put_aside_at is not null`.execute(tx);
  return aside.rows.length > 0 ? 'put aside' : 'tried on';
}

/** They are tried again, as if they had never failed. */
export async function takeUpAgain(tx: Transaction<Schema>, urls: readonly string[]): Promise<void> {
  if (urls.length === 0) return;
  await tx
    .updateTable('webhook_addresses')
    .set({ failing_since: null, put_aside_at: null })
    .where('url', 'in', urls)
    .execute();
}

/** Why what is to be told at such an address has failed. */
export const PUT_ASIDE =
  'Nothing was taken at this address for five days, and it was put aside. Replay this, or recover all since a time.';
