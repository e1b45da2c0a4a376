import type { Chance } from '../clockwork/chance';
import type { Timeline } from '../clockwork/timeline';

/** Statements that fail though nothing is wrong with them. */
export type DatabaseTrouble = {
  begin(trouble: { readonly code: string; readonly share: number; readonly forMs: number }): void;
  /** @throws where the statement is to fail before it is carried out */
  readonly before: (sql: string, parameters: readonly unknown[]) => void;
  /** @throws where it was carried out and nobody hears of it: the connection is gone */
  after(sql: string): void;
};

/** An error with SQLite's code, or PostgreSQL's. */
const failure = (code: string) => Object.assign(new Error(`the database fails: ${code}`), { code });

/** Connections that end: only with these may a commit that failed have been carried out. */
const isConnectionLost = (code: string) => code.startsWith('08');

/** `poisoned`: every claim that would write a row for one of these numbers fails. */
export function createDatabaseTrouble(
  timeline: Timeline,
  chance: Chance,
  poisoned: readonly string[],
): DatabaseTrouble {
  const troubles: { code: string; share: number; until: number }[] = [];

  const current = () => {
    if (troubles.length === 0) return null;
    const now = timeline.now();
    return troubles.find(({ until, share }) => now < until && chance.happens(share)) ?? null;
  };

  return {
    begin: ({ code, share, forMs }) => troubles.push({ code, share, until: timeline.now() + forMs }),
    before(sql, parameters) {
      if (poisoned.length > 0 && sql.includes('insert into broadcast_recipients')) {
        const hit = poisoned.some((number) =>
          parameters.some((one) => typeof one === 'string' && one.includes(number)),
        );
        if (hit) throw failure('SQLITE_ERROR');
      }
      const trouble = current();
      if (trouble === null) return;
      if (sql === 'commit' && isConnectionLost(trouble.code)) return;
      throw failure(trouble.code);
    },
    after(sql) {
      if (sql !== 'commit') return;
      const trouble = current();
      if (trouble !== null && isConnectionLost(trouble.code)) throw failure(trouble.code);
    },
  };
}
