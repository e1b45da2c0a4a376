/** Longest single wait. Also bounds how late a changed clock or setting is noticed. */
const MAX_WAIT_MS = 60_000;

/**
 * Hands items over when they are due, with one timer for all of them: a million moving messages must not be a million
 * timers. Items due in the same millisecond share a bucket; buckets wait in a binary heap.
 */
export class Timeline<T> {
  private readonly buckets = new Map<number, T[]>();
  private readonly heap: number[] = [];
  private count = 0;
  private timer: NodeJS.Timeout | undefined;
  private timerDue = Infinity;
  private clearings = 0;

  constructor(private readonly onDue: (item: T) => void) {}

  get size(): number {
    return this.count;
  }

  /** `dueAt` in milliseconds of performance.now(). */
  add(dueAt: number, item: T): void {
    const tick = Math.ceil(dueAt);
    const bucket = this.buckets.get(tick);
    if (bucket) {
      bucket.push(item);
    } else {
      this.buckets.set(tick, [item]);
      this.push(tick);
    }
    this.count += 1;
    this.arm();
  }

  clear(): void {
    this.clearings += 1;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.timerDue = Infinity;
    this.buckets.clear();
    this.heap.length = 0;
    this.count = 0;
  }

  private arm(): void {
    const due = this.heap[0];
    if (due === undefined || due >= this.timerDue) return;
    clearTimeout(this.timer);
    this.timerDue = due;
    const waitMs = Math.min(MAX_WAIT_MS, Math.max(0, due - performance.now()));
    this.timer = setTimeout(() => this.run(), waitMs);
  }

  private run(): void {
    this.timer = undefined;
    this.timerDue = Infinity;
    const now = performance.now();
    const { clearings } = this;
    for (let tick = this.heap[0]; tick !== undefined && tick <= now; tick = this.heap[0]) {
      this.pop();
      const items = this.buckets.get(tick) ?? [];
      this.buckets.delete(tick);
      for (const item of items) {
        // One by one: whoever asks for `size` meanwhile must not miss those that are still to be handed over.
        this.count -= 1;
        this.onDue(item);
        if (this.clearings !== clearings) return;
      }
    }
    this.arm();
  }

  private at(index: number): number {
    return this.heap[index] ?? Infinity;
  }

  private swap(a: number, b: number): void {
    const kept = this.at(a);
    this.heap[a] = this.at(b);
    this.heap[b] = kept;
  }

  private push(tick: number): void {
    let child = this.heap.push(tick) - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (this.at(parent) <= this.at(child)) return;
      this.swap(parent, child);
      child = parent;
    }
  }

  private pop(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    for (let parent = 0; ;) {
      const left = 2 * parent + 1;
      const smaller = this.at(left + 1) < this.at(left) ? left + 1 : left;
      if (this.at(parent) <= this.at(smaller)) return;
      this.swap(parent, smaller);
      parent = smaller;
    }
  }
}
