import type { Request, Response } from 'express';
import { limitOf } from './query';

/** Rows that are read at once. */
const USUAL_PAGE = 1000;

export type FilePage<T, P> = { readonly items: readonly T[]; readonly next: P | null };

/**
 * The rows of a list that is answered as a file: all from `after` on, or so many as the request's `limit` says, where there
 * is one. Where more follow, `Link` then says at which address.
 */
export async function* filePages<T, P>(
  req: Request,
  res: Response,
  after: P | null,
  { pageAfter, cursorOf }: FilePages<T, P>,
): AsyncGenerator<readonly T[], void, undefined> {
  const limit = req.query['limit'] === undefined ? null : limitOf(req);
  let place = after;
  do {
    const { items, next }: FilePage<T, P> = await pageAfter(place, limit ?? USUAL_PAGE);
    if (limit !== null && next !== null) res.set('Link', `<?${queryAt(req, cursorOf(next))}>; rel="next"`);
    yield items;
    place = limit === null ? next : null;
  } while (place !== null);
}

export type FilePages<T, P> = {
  /** A place of null is the beginning. */
  readonly pageAfter: (place: P | null, limit: number) => Promise<FilePage<T, P>>;
  readonly cursorOf: (place: P) => string;
};

function queryAt(req: Request, cursor: string): string {
  const query = new URLSearchParams(req.query as Record<string, string>);
  query.set('cursor', cursor);
  return query.toString();
}
