import { viewOf, type Numbers } from '../numbers/numberList';

/** Cuts a list into batches of `size`, the last one perhaps shorter, in order; nothing is copied. */
export function* splitIntoBatches(numbers: Numbers, size: number): Generator<Numbers> {
  if (!Number.isInteger(size) || size < 1) throw new RangeError('A batch holds a whole number of items, at least 1.');
  for (let from = 0; from < numbers.length; from += size)
    yield viewOf(numbers, from, Math.min(from + size, numbers.length));
}

/** The `dst` of one Plivo call to many numbers (Plivo docs, "Send a message": separated by "<", at most 1,000). */
export function joinRecipients(batch: readonly string[]): string {
  return batch.join('<');
}
