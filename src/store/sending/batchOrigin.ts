import { sql } from 'kysely';

/**
 * Who a batch `b` of a broadcast `c` comes from, as the columns `sender` and `powerpack_uuid`: the batch's own where it
 * has any, else the broadcast's.
 */
export const ORIGIN = sql.raw(`
  case when b.sender is null and b.powerpack_uuid is null then c.sender else b.sender end as sender,
  case when b.sender is null and b.powerpack_uuid is null then c.powerpack_uuid else b.powerpack_uuid end as powerpack_uuid`);
