/** A table that most runs never need is loaded by the first that does, and is one for all that a process composes. */
export function onFirstUse<T>(load: () => T): () => T {
  let loaded: { readonly value: T } | null = null;
  return () => (loaded ??= { value: load() }).value;
}
