/** What a call over HTTP was answered; `body` is the parsed JSON, or the text where it is none. */
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: unknown };

export type Call = {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  /** Sent as `x-api-key`; null sends none. */
  readonly key: string | null;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export type ApiClient = (call: Call) => Promise<Answer>;

/**
 * Calls a running service.
 *
 * @throws Error naming the call, never the key, when no answer comes in time
 */
export function createApiClient({ url, timeoutMs }: { url: string; timeoutMs: number }): ApiClient {
  const base = url.replace(/\/+$/, '');
  return async ({ method = 'GET', path, key, json, headers }) => {
    try {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: {
          ...(key === null ? {} : { 'x-api-key': key }),
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status: response.status, headers: response.headers, body: parsed(await response.text()) };
    } catch (error) {
      throw new Error(`${method} ${path}: ${whyNot(error, timeoutMs)}`, { cause: error });
    }
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function whyNot(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return 'no answer';
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs / 1000} s`;
  // fetch hides the reason (ECONNREFUSED and the like) one level down.
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? `no answer (${String(cause.code)})` : error.message;
}
