import { randomBytes } from 'node:crypto';
import type { Database } from '../engine/database';

export type InboundTokenStore = {
  /** The last segment of the address to which Plivo posts what people write: made once, one for all instances. */
  current(): Promise<string>;
};

/** 192 bits. */
const TOKEN_BYTES = 24;

export function createInboundTokenStore({ db }: Database): InboundTokenStore {
  return {
    async current() {
      await db
        .insertInto('secrets')
        .values({ name: 'inbound', value: randomBytes(TOKEN_BYTES).toString('base64url') })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .execute();
      const found = await db
        .selectFrom('secrets')
        .select('value')
        .where('name', '=', 'inbound')
        .executeTakeFirstOrThrow();
      return found.value;
    },
  };
}
