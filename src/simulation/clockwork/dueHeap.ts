/** When something is due; `order` decides between what is due at the same time. */
export type Due<T> = { readonly at: number; readonly order: number; readonly item: T };

/** A binary heap: the next one due first. */
export type DueHeap<T> = { push(due: Due<T>): void; pop(): Due<T> | undefined };

export function createDueHeap<T>(): DueHeap<T> {
  const heap: Due<T>[] = [];
  const isBefore = (a: Due<T>, b: Due<T>) => a.at < b.at || (a.at === b.at && a.order < b.order);

  function rise(due: Due<T>): void {
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(due, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = due;
  }

  function sink(due: Due<T>): void {
    let at = 0;
    for (;;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
      const isRight = left !== undefined && right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (child === undefined || !isBefore(child, due)) break;
      heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = due;
  }

  return {
    push: rise,
    pop() {
      const first = heap[0];
      const last = heap.pop();
      if (first !== undefined && last !== undefined && heap.length > 0) sink(last);
      return first;
    },
  };
}
