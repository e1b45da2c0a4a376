const SHARDS = 64;

/**
 * A set of short texts, in many small parts: a `Set` of a million grows by hashing all of them anew, for 70 ms at once.
 * Whoever chooses texts that all fall into one part gets a `Set`, no worse.
 */
export class TextSet {
  readonly #shards = Array.from({ length: SHARDS }, () => new Set<string>());

  /** True when the text was not in the set before. */
  add(text: string): boolean {
    const shard = this.#shards[shardOf(text)];
    if (shard === undefined || shard.has(text)) return false;
    shard.add(text);
    return true;
  }
}

function shardOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash, 31) + text.charCodeAt(i);
  return (hash ^ (hash >>> 15)) & (SHARDS - 1);
}
