const BLOCK = 1000;
const LONGEST = 64;

/** What was submitted, entry by entry: long lists as a few long texts, which take a third of the memory of many short ones. */
export class EntryLog {
  readonly #blocks: string[] = [];
  #open: string[] = [];

  /** Of long texts the beginning is kept. */
  add(entry: string): void {
    this.#open.push(entry.slice(0, LONGEST).replaceAll('\n', ' '));
    if (this.#open.length === BLOCK) this.#close();
  }

  /** A thousand at a time. */
  *slices(): Generator<string[], void, undefined> {
    if (this.#open.length > 0) this.#close();
    for (const block of this.#blocks) yield block.split('\n');
  }

  #close(): void {
    this.#blocks.push(this.#open.join('\n'));
    this.#open = [];
  }
}
