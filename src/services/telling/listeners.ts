import type { Glance } from '../../store/telling/watchStore';
import type { LastHeard, LiveEvent } from './liveEvents';

/** Somebody who follows one broadcast, or all of them. */
export type Listener = {
  /** Null for all. */
  readonly broadcastKey: number | null;
  /** Null for one who has not listened before. */
  readonly lastHeard: LastHeard | null;
  /** Whether it may be told of this broadcast. */
  readonly mayRead: (glance: Glance) => boolean;
  /** Whether whoever listens would still be let in; never rejects. */
  readonly mayStay: () => Promise<boolean>;
  /** Never waits: what the reader does not take in time is the listener's affair. */
  readonly tell: (event: LiveEvent) => void;
  /** Shows that the line is alive, and gives up on a reader who takes nothing. */
  readonly beat: () => void;
  /** Nothing more will be told. */
  readonly end: () => void;
};

/** Who listens, by what they listen to. */
export class Listeners {
  readonly #byKey = new Map<number, Set<Listener>>();
  readonly #ofAll = new Set<Listener>();
  /** Those who have not been told yet how things stand. */
  readonly #new = new Set<Listener>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get isAnyOfAll(): boolean {
    return this.#ofAll.size > 0;
  }

  add(listener: Listener): void {
    this.#setOf(listener.broadcastKey).add(listener);
    this.#new.add(listener);
    this.#count++;
  }

  /** Does nothing where it has left already. */
  remove(listener: Listener): void {
    const set = this.#setOf(listener.broadcastKey);
    if (set.delete(listener)) this.#count--;
    this.#new.delete(listener);
    if (set.size === 0 && listener.broadcastKey !== null) this.#byKey.delete(listener.broadcastKey);
  }

  keys(): number[] {
    return [...this.#byKey.keys()];
  }

  everyone(): Listener[] {
    return [...this.#ofAll, ...[...this.#byKey.values()].flatMap((set) => [...set])];
  }

  /** Who listens to this broadcast alone; null: who listens to all. */
  of(broadcastKey: number | null): Listener[] {
    return [...(broadcastKey === null ? this.#ofAll : (this.#byKey.get(broadcastKey) ?? []))];
  }

  /** These were not told after all. */
  putBack(newcomers: readonly Listener[]): void {
    for (const listener of newcomers) if (this.of(listener.broadcastKey).includes(listener)) this.#new.add(listener);
  }

  /** Those who have come since it was last asked. */
  takeNew(): Listener[] {
    const taken = [...this.#new];
    this.#new.clear();
    return taken;
  }

  #setOf(broadcastKey: number | null): Set<Listener> {
    if (broadcastKey === null) return this.#ofAll;
    const set = this.#byKey.get(broadcastKey) ?? new Set<Listener>();
    this.#byKey.set(broadcastKey, set);
    return set;
  }
}
