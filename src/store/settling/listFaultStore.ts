import { sql } from 'kysely';
import type { Database } from '../engine/database';

/** Since when Plivo's message list cannot be asked (milliseconds since 1970), and why. */
export type ListFault = { readonly since: number; readonly code: string };

export type ListFaultStore = {
  /** The list was asked: `code` says why in vain, null that it answered. Returns true where that is news. */
  note(code: string | null): Promise<boolean>;
  current(): Promise<ListFault | null>;
};

export function createListFaultStore({ db, engine }: Database): ListFaultStore {
  return {
    async note(code) {
      const changed =
        code === null
          ? await sql`
              update pacing set list_fault_since = null, list_fault_code = null
              where id = 1 and list_fault_code is not null`.execute(db)
          : await sql`
              update pacing set list_fault_since = ${engine.now}, list_fault_code = ${code}
              where id = 1 and list_fault_code is null`.execute(db);
      return (changed.numAffectedRows ?? 0n) > 0n;
    },

    async current() {
      const row = await db
        .selectFrom('pacing')
        .select(['list_fault_since', 'list_fault_code'])
        .where('id', '=', 1)
        .executeTakeFirst();
      const code = row?.list_fault_code ?? null;
      return code === null ? null : { since: row?.list_fault_since ?? 0, code };
    },
  };
}
