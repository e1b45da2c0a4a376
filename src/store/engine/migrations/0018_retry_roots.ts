import { type Kysely, sql } from 'kysely';

/**
 * Of whom all retries were made in the end, also those of retries: by it are found all broadcasts that may have reached
 * somebody. Sources are older than their retries, so that the least key of a line is its beginning, which may be gone.
 */
export const rememberRoots = () => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const statements = [
      'alter table broadcasts add column retry_root_key bigint',
      `update broadcasts set retry_root_key = (
        with recursive line (above) as (
          select broadcasts.retry_of_key
          union all
          select s.retry_of_key from line join broadcasts s on s.broadcast_key = line.above
          where s.retry_of_key is not null)
        select min(above) from line)
      where retry_of_key is not null`,
      `create index broadcasts_by_root on broadcasts (retry_root_key, broadcast_key) where retry_root_key is not null`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});
