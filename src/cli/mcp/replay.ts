/**
 * A `fetch` for one call that sees whether the service repeated the answer to an earlier one. The client does not tell, as
 * programs need not know; an agent that believes it has sent something new would say so to somebody. One that is told that
 * nothing was sent, while an answer of this very call was lost on its way, might send it again on purpose.
 */
export function watchReplay(): { readonly fetch: typeof fetch; wasSeen(): boolean } {
  let seen = false;
  let tries = 0;
  return {
    async fetch(...call) {
      tries++;
      const response = await globalThis.fetch(...call);
      seen = tries === 1 && response.headers.get('idempotency-replayed') === 'true';
      return response;
    },
    wasSeen: () => seen,
  };
}
