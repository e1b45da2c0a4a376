import { call, type Call, type Connection } from './calling/call.ts';
import { newIdempotencyKey } from './calling/idempotencyKey.ts';
import type { BroadcastRequest, FileRequest, Preview } from './types.ts';

export type CallOptions = { readonly signal?: AbortSignal };

export type SendOptions = CallOptions & {
  /**
   * A name of your own for this broadcast: the same one with the same request, at any time and from any process, gets the first
   * answer. Without it each call has one of its own, which all its tries share.
   */
  readonly idempotencyKey?: string;
  /** Seconds to wait until no batch is left to send, 300 at most; 0 answers at once. */
  readonly waitSeconds?: number;
};

/** A preview, or its digest alone. */
export type Previewed = string | Pick<Preview, 'digest'>;

/** Posts what makes a broadcast; it never makes two. With `previewed`, it goes only while that is still what would be sent. */
export function postSend(
  connection: Connection,
  path: string,
  content: Pick<Call, 'json' | 'body' | 'query'>,
  options: SendOptions & { readonly previewed?: Previewed },
): Promise<unknown> {
  const { idempotencyKey = newIdempotencyKey(), waitSeconds, previewed, signal } = options;
  return call(connection, {
    method: 'POST',
    path,
    ...content,
    headers: {
      'idempotency-key': idempotencyKey,
      ...(waitSeconds === undefined ? {} : { prefer: waitSeconds > 0 ? `wait=${waitSeconds}` : 'respond-async' }),
      ...(previewed === undefined
        ? {}
        : { 'if-match': `"${typeof previewed === 'string' ? previewed : previewed.digest}"` }),
    },
    cannotDouble: true,
    signal,
    extraMs: (waitSeconds ?? 0) * 1000,
  });
}

/** A request as its body; of a file, the other fields go into the query. */
export function contentOf(request: BroadcastRequest | FileRequest): Pick<Call, 'json' | 'body' | 'query'> {
  if (!('file' in request)) return { json: request };
  const { file, contentType = 'text/csv', ...fields } = request;
  return { body: { content: file, type: contentType }, query: fields };
}
