export type Closable = { close(): Promise<void> | void };

export type Keep = <C extends Closable>(opened: C) => C;

/** Whatever `work` keeps is closed when it ends, however it ends; the latest first. */
export async function inScope<T>(work: (keep: Keep) => Promise<T>): Promise<T> {
  const opened: Closable[] = [];
  try {
    return await work((one) => {
      opened.push(one);
      return one;
    });
  } finally {
    for (const one of opened.reverse()) await one.close();
  }
}
