import { z } from 'zod';

/** An agent reads a page, not a million people. */
const MOST = 500;
const USUAL = 50;

export const LIMIT = z.number().int().min(1).max(MOST).default(USUAL).describe(`How many at most, up to ${MOST}.`);

/** The first so many, and whether there are others. */
export async function firstOf<Item>(
  items: AsyncIterable<Item>,
  count: number,
): Promise<{ readonly items: Item[]; readonly more: boolean }> {
  const first: Item[] = [];
  for await (const item of items) {
    if (first.length === count) return { items: first, more: true };
    first.push(item);
  }
  return { items: first, more: false };
}

export const moreLine = (more: boolean): string[] => (more ? ['… and others.'] : []);
