import { call, type Connection, type Query } from './call.ts';

export type PageOptions = {
  /** How many one request asks for, 1,000 at most and where nothing is said. It does not limit what is gone through. */
  readonly pageSize?: number;
  readonly signal?: AbortSignal;
};

type Page<Item> = { readonly data: readonly Item[]; readonly next: string | null };

/** Everything that a list has, asked for page by page, as it is gone through. */
export async function* pages<Item>(
  connection: Connection,
  path: string,
  { pageSize = 1000, signal }: PageOptions,
  filters: Query = {},
): AsyncGenerator<Item, void, undefined> {
  for (let cursor: string | null | undefined; cursor !== null;) {
    const query: Query = { ...filters, limit: pageSize, cursor };
    const page = (await call(connection, { method: 'GET', path, query, cannotDouble: true, signal })) as Page<Item>;
    yield* page.data;
    cursor = page.next;
  }
}
