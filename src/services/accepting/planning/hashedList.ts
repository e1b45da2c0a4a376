import type { Hash } from 'node:crypto';

/** Hashes a list as its JSON as a whole would be hashed: where it is cut must not change a digest. */
export class HashedList {
  #before = '[';

  constructor(private readonly hash: Hash) {}

  add(items: readonly string[]): void {
    if (items.length === 0) return;
    this.hash.update(this.#before).update(JSON.stringify(items).slice(1, -1));
    this.#before = ',';
  }

  end(): void {
    this.hash.update(this.#before === '[' ? '[]' : ']');
  }
}
