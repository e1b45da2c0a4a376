import { call, type Connection } from './calling/call.ts';
import { follow, type BroadcastEvent, type FollowOptions } from './follow.ts';
import { createLists, type Lists } from './lists.ts';
import { createOptOuts, type OptOuts } from './optOuts.ts';
import { pages, type PageOptions } from './calling/pages.ts';
import { USUAL_PATIENCE, type Patience } from './calling/retries.ts';
import { contentOf, postSend, type CallOptions, type Previewed, type SendOptions } from './sending.ts';
import type * as t from './types.ts';

export type BroadcasterOptions = {
  /** Where the service is, such as `https://sms.example.com`. */
  readonly url: string;
  readonly key: string;
  /** Instead of the platform's. */
  readonly fetch?: typeof fetch;
  /** For one try of a call, 60,000 where nothing is said. */
  readonly timeoutMs?: number;
  /** How often and how long to try again. */
  readonly patience?: Partial<Patience>;
};

type Sendable = t.BroadcastRequest | t.FileRequest;
type Items<Item> = AsyncGenerator<Item, void, undefined>;

export type Broadcaster = {
  /** An error means that nobody was and nobody will be texted by this call; a `ConnectionError`, that nobody knows. */
  send(request: Sendable, options?: SendOptions): Promise<t.AcceptedBroadcast>;
  /** Sends and stores nothing. */
  preview(request: Sendable, options?: CallOptions): Promise<t.Preview>;
  /** @throws ProblemError `preview_outdated` where something else would be sent than what was previewed */
  sendPreviewed(request: Sendable, previewed: Previewed, options?: SendOptions): Promise<t.AcceptedBroadcast>;
  /** The very text to a few numbers (`to`), outside topics, caps and the list of broadcasts. */
  sendTest(request: t.TestRequest, options?: SendOptions): Promise<t.AcceptedBroadcast>;
  broadcast(id: string, options?: CallOptions): Promise<t.Broadcast>;
  /** The broadcast once it is final, however it ended; delivery reports go on coming. */
  wait(id: string, options?: FollowOptions): Promise<t.Broadcast>;
  follow(id: string, options?: FollowOptions): Items<BroadcastEvent>;
  /** Newest first. */
  broadcasts(
    options?: PageOptions & { readonly status?: t.BroadcastStatus; readonly test?: boolean },
  ): Items<t.Broadcast>;
  recipients(id: string, options?: PageOptions & { readonly status?: t.RecipientStatus }): Items<t.Recipient>;
  batches(id: string, options?: PageOptions & { readonly status?: t.BatchStatus }): Items<t.Batch>;
  pause(id: string, options?: CallOptions): Promise<t.Broadcast>;
  resume(id: string, options?: CallOptions): Promise<t.Broadcast>;
  /** What has not gone never goes. */
  cancel(id: string, options?: CallOptions): Promise<t.Broadcast>;
  /** A new broadcast to those of this one who failed. */
  retry(id: string, request?: t.RetryRequest, options?: SendOptions): Promise<t.Broadcast>;
  previewRetry(id: string, request?: t.RetryRequest, options?: CallOptions): Promise<t.RetryPreview>;
  /** Retries exactly what was previewed; refused with `preview_outdated` where that is another retry by now. */
  retryPreviewed(
    id: string,
    previewed: Previewed,
    request?: t.RetryRequest,
    options?: SendOptions,
  ): Promise<t.Broadcast>;
  /** What people wrote, latest first. */
  inbound(options?: PageOptions & { readonly needsReview?: boolean }): Items<t.InboundText>;
  /** Settles a text that may be a wish to stop. */
  review(messageUuid: string, as: 'optOut' | 'nothing', options?: CallOptions): Promise<t.InboundText>;
  account(options?: CallOptions): Promise<t.Account>;
  /** Who the key is, and what it may do. */
  whoAmI(options?: CallOptions): Promise<t.Caller>;
  readonly lists: Lists;
  readonly optOuts: OptOuts;
};

/** Speaks to a running service. Calls are tried again after 429, 503 and lost connections, but never so that anybody is texted twice. */
export function createBroadcaster(options: BroadcasterOptions): Broadcaster {
  const connection = connectionOf(options);
  return {
    ...sending(connection),
    ...reading(connection),
    ...deciding(connection),
    lists: createLists(connection),
    optOuts: createOptOuts(connection),
  };
}

function connectionOf({ url, key, timeoutMs = 60_000, patience, ...options }: BroadcasterOptions): Connection {
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw new TypeError('url must begin with http:// or https://.');
  if (!/^[\x21-\x7e]*$/.test(key)) throw new TypeError('key must be one word without blanks or line breaks.');
  return {
    url: url.replace(/\/+$/, ''),
    key,
    fetch: options.fetch ?? ((...call) => globalThis.fetch(...call)),
    timeoutMs,
    patience: { ...USUAL_PATIENCE, ...patience },
  };
}

const at = (id: string, what = ''): string => `/broadcast/${encodeURIComponent(id)}${what}`;

type Sending = Pick<
  Broadcaster,
  'send' | 'preview' | 'sendPreviewed' | 'sendTest' | 'retry' | 'previewRetry' | 'retryPreviewed'
>;

function sending(connection: Connection): Sending {
  const post = postSend.bind(null, connection) as (
    ...call: Parameters<typeof postSend> extends [unknown, ...infer Rest] ? Rest : never
  ) => Promise<never>;
  const dryRun = (path: string, content: ReturnType<typeof contentOf>, { signal }: CallOptions) =>
    call(connection, { method: 'POST', path, ...content, cannotDouble: true, signal }) as Promise<never>;
  return {
    send: (request, options = {}) => post('/broadcast', contentOf(request), options),
    preview: (request, options = {}) => dryRun('/broadcast/preview', contentOf(request), options),
    sendPreviewed: (request, previewed, options = {}) =>
      post('/broadcast', contentOf(request), { ...options, previewed }),
    sendTest: (request, options = {}) => post('/broadcast/test', contentOf(request), options),
    retry: (id, request = {}, options = {}) => post(at(id, '/retry'), { json: request }, options),
    previewRetry: (id, request = {}, options = {}) => dryRun(at(id, '/retry/preview'), { json: request }, options),
    retryPreviewed: (id, previewed, request = {}, options = {}) =>
      post(at(id, '/retry'), { json: request }, { ...options, previewed }),
  };
}

type Reading = Pick<
  Broadcaster,
  'broadcast' | 'wait' | 'follow' | 'broadcasts' | 'recipients' | 'batches' | 'inbound' | 'account' | 'whoAmI'
>;

function reading(connection: Connection): Reading {
  const read = (path: string, signal: AbortSignal | undefined) =>
    call(connection, { method: 'GET', path, cannotDouble: true, signal }) as Promise<never>;
  return {
    broadcast: (id, { signal } = {}) => read(at(id), signal),
    async wait(id, options = {}) {
      for await (const event of follow(connection, id, options)) if (event.type === 'end') break;
      return read(at(id), options.signal);
    },
    follow: (id, options = {}) => follow(connection, id, options),
    broadcasts: ({ status, test, ...options } = {}) => pages(connection, '/broadcast', options, { status, test }),
    recipients: (id, { status, ...options } = {}) => pages(connection, at(id, '/recipients'), options, { status }),
    batches: (id, { status, ...options } = {}) => pages(connection, at(id, '/batches'), options, { status }),
    inbound: ({ needsReview, ...options } = {}) => pages(connection, '/inbound', options, { needsReview }),
    account: ({ signal } = {}) => read('/account', signal),
    whoAmI: ({ signal } = {}) => read('/keys/self', signal),
  };
}

type Deciding = Pick<Broadcaster, 'pause' | 'resume' | 'cancel' | 'review'>;

/** Done twice, these are refused the second time: where the answer is lost, the caller looks how the broadcast stands. */
function deciding(connection: Connection): Deciding {
  const post = (path: string, { signal }: CallOptions, json?: unknown) =>
    call(connection, { method: 'POST', path, json, cannotDouble: false, signal }) as Promise<never>;
  return {
    pause: (id, options = {}) => post(at(id, '/pause'), options),
    resume: (id, options = {}) => post(at(id, '/resume'), options),
    cancel: (id, options = {}) => post(at(id, '/cancel'), options),
    review: (uuid, as, options = {}) => post(`/inbound/${encodeURIComponent(uuid)}/reviewed`, options, { as }),
  };
}
