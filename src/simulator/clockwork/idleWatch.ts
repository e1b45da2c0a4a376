export type IdleWatch = {
  /** To be called whenever something came to its end. */
  check(): void;
  waiting(): number;
  /** Resolves as soon as nothing waits. */
  idle(): Promise<void>;
};

/** `count` gives what still waits; it is asked only while somebody wants to know. */
export function createIdleWatch(count: () => number): IdleWatch {
  let resolvers: (() => void)[] = [];
  return {
    check: () => {
      if (resolvers.length === 0 || count() > 0) return;
      const waiting = resolvers;
      resolvers = [];
      for (const resolve of waiting) resolve();
    },
    waiting: count,
    idle: () =>
      new Promise((resolve) => {
        if (count() === 0) resolve();
        else resolvers.push(resolve);
      }),
  };
}
