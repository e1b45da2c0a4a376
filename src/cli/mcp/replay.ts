/**
 * A `fetch` for one call that sees whether the service repeated the answer to an earlier one. The client does not tell, as
 * programs need not know; an agent that believes it has sent something new would say so to somebody. One that is told that
 * nothing was sent, while an answer of this very call was lost on its way, might send it again on purpose.
 */
export function watchReplay(): { readonly fetch: typeof fetch; wasSeen(): boolean } {
  let seen = false;
  let isLost = false;
  let wasTaken = false;
  return {
    async fetch(...call) {
      // Who asks again after a good answer has not got all of it.
      isLost ||= wasTaken;
      const response = await globalThis.fetch(...call).catch((error: unknown) => {
        isLost ||= !wasRefused(error);
        throw error;
      });
      wasTaken = response.ok;
      seen = !isLost && response.headers.get('idempotency-replayed') === 'true';
      return response;
    },
    wasSeen: () => seen,
  };
}

/** Nobody was there to take it. */
const wasRefused = (error: unknown): boolean =>
  error instanceof Error && (error.cause as { readonly code?: unknown } | undefined)?.code === 'ECONNREFUSED';
