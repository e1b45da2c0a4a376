/** Cuts a list into batches of `size`, the last one perhaps shorter, in order. */
export function* splitIntoBatches<T>(items: readonly T[], size: number): Generator<T[]> {
  if (!Number.isInteger(size) || size < 1) throw new RangeError('A batch holds a whole number of items, at least 1.');
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/** The `dst` of one Plivo call to many numbers (Plivo docs, "Send a message": separated by "<", at most 1,000). */
export function joinRecipients(batch: readonly string[]): string {
  return batch.join('<');
}
