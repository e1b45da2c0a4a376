/**
 * A `fetch` that sees whether the service repeated an earlier answer. The client does not tell, as programs need not know; an
 * agent that believes it has sent something new would say so to somebody.
 */
export function watchReplay(): { readonly fetch: typeof fetch; wasSeen(): boolean } {
  let seen = false;
  return {
    async fetch(...call) {
      const response = await globalThis.fetch(...call);
      seen = response.headers.get('idempotency-replayed') === 'true';
      return response;
    },
    wasSeen: () => seen,
  };
}
