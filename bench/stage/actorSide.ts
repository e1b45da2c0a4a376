/** What a process can be asked to do. At most one argument; it and the result must survive a structured clone. */
export type Methods = Readonly<Record<string, (argument: never) => unknown>>;

export type Question = { readonly id: number; readonly method: string; readonly argument: unknown };

/** `error` is null where all went well. */
export type Answer = { readonly id: number; readonly value: unknown; readonly error: string | null };

/** Makes this process answer to the one that started it, and end with it. */
export function serve(methods: Methods): void {
  const reply = (answer: Answer) => process.send?.(answer);
  process.on('message', ({ id, method, argument }: Question) => {
    const work = methods[method] as ((argument: unknown) => unknown) | undefined;
    Promise.resolve(argument)
      .then((given) => (work === undefined ? Promise.reject(new Error(`There is no ${method}.`)) : work(given)))
      .then(
        (value) => reply({ id, value, error: null }),
        (error: unknown) => reply({ id, value: null, error: error instanceof Error ? error.message : String(error) }),
      );
  });
  process.on('disconnect', () => process.exit(0));
  // Ctrl-C reaches every process of the terminal; the one that started this one ends it in good order.
  process.on('SIGINT', () => undefined);
}
