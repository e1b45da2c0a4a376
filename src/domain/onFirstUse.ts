/** Made by whoever needs it first, and kept: most runs of a command never read a reply or ask for a time zone. */
export function onFirstUse<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}
