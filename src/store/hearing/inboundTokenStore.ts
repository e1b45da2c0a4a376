import { randomBytes } from 'node:crypto';
import type { Database } from '../engine/database';

export type InboundTokenStore = {
  /** The last segment of the address to which Plivo posts what people write: made once, one for all instances. */
  current(): Promise<string>;
  /** The same where it was made already, else null; only reads. */
  made(): Promise<string | null>;
};

/** 192 bits. */
const TOKEN_BYTES = 24;

export function createInboundTokenStore({ db }: Database): InboundTokenStore {
  const stored = () => db.selectFrom('secrets').select('value').where('name', '=', 'inbound');
  return {
    async current() {
      await db
        .insertInto('secrets')
        .values({ name: 'inbound', value: randomBytes(TOKEN_BYTES).toString('base64url') })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .execute();
      return (await stored().executeTakeFirstOrThrow()).value;
    },
    async made() {
      return (await stored().executeTakeFirst())?.value ?? null;
    },
  };
}
