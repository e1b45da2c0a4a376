import { ServiceError } from '../../domain/errors';
import type { OriginOf } from '../../domain/plan/senders';
import type { Timers } from '../../domain/time/timers';
import type { Place } from '../../store/state/retriedTexts';
import type { RetrySource, RetryStore, RetryWish } from '../../store/reading/retryStore';
import type { BroadcastRequest } from '../accepting/broadcastRequest';
import {
  RetryRefusedError,
  type BroadcastService,
  type Submission,
  type SubmittedRequest,
} from '../accepting/broadcastService';
import type { Preview, PreviewService } from '../accepting/previewing/previewService';
import { originsOf, RetriedPeople } from './retriedPeople';

/** Who is to be texted anew, and whether the balance may look too small for it. */
export type RetryRequest = RetryWish & { readonly ignoreBalance?: true };

export type RetryService = {
  /**
   * A new broadcast to those of another one who ended so, and whom nothing else texts.
   *
   * @throws ServiceError as `BroadcastService.submit`; `not_found`; `conflict` where nobody is left, or the broadcast may not
   *   be sent anew
   */
  submit(id: string, wish: RetryRequest, asked: Asked, signal: AbortSignal): Promise<Submission>;
  /** As `submit`, and sends and stores nothing; with nobody left it shows so. */
  preview(id: string, wish: RetryRequest): Promise<{ readonly preview: Preview; readonly request: BroadcastRequest }>;
};

type Asked = Pick<SubmittedRequest, 'submittedKey' | 'waitMs' | 'previewed' | 'by'>;
type Tried =
  | { readonly submission: Submission; readonly why: null }
  | { readonly submission: null; readonly why: 'outdated' | 'busy' };

export type RetryServiceDeps = {
  readonly retries: RetryStore;
  readonly broadcastService: Pick<BroadcastService, 'submit'>;
  readonly previews: PreviewService;
  /** Who texts come from where neither the broadcast nor its batch says so. */
  readonly originOf: OriginOf;
  readonly timers: Pick<Timers, 'monotonicMs' | 'nextTurn' | 'sleep'>;
};

/** Its people are read anew so often, as they change under the eyes of whoever reads them. */
const MOST_READS = 5;
const LOOK_AGAIN_MS = 200;
/** How long a request waits for another retry of the same broadcast. A million people take 30 s. */
const LONGEST_WAIT_MS = 10_000;

export function createRetryService(deps: RetryServiceDeps): RetryService {
  const { retries, broadcastService, previews, timers } = deps;

  /** @throws ServiceError `not_found`, `conflict` */
  async function sourceOf(id: string): Promise<RetrySource> {
    const source = await retries.source(id);
    if (source === null) throw new ServiceError('not_found', 'There is no broadcast with this id.');
    if (source.closed !== null) throw new ServiceError('conflict', `Nobody was texted. ${WHY_CLOSED[source.closed]}`);
    return source;
  }

  async function peopleOf(source: RetrySource, wish: RetryRequest, freedKey: string | null): Promise<RetriedPeople> {
    const people = new RetriedPeople(source);
    for (const status of new Set(wish.statuses)) {
      for (let after: Place | null | undefined; after !== null;) {
        const query = { status, errorCodes: wish.errorCodes, after: after ?? null, freedKey };
        const found: Awaited<ReturnType<RetryStore['candidates']>> = await retries.candidates(source, query);
        for (const person of found.people) people.add(person, source);
        after = found.next;
        await timers.nextTurn();
      }
    }
    return people;
  }

  async function requestOf(
    source: RetrySource,
    wish: RetryRequest,
    freedKey: string | null,
  ): Promise<BroadcastRequest> {
    const people = await peopleOf(source, wish, freedKey);
    const { id: of, broadcastKey: ofKey, rootKey, origin, template } = source;
    return {
      text: source.text,
      recipients: people.recipients(),
      invalidRecipients: 'reject',
      name: source.name,
      sender: null,
      expirySeconds: source.expirySeconds,
      mediaUrls: source.mediaUrls,
      ...(source.callbackUrl === null ? {} : { callbackUrl: source.callbackUrl }),
      sendAt: null,
      sendAtLocal: null,
      canary: null,
      quietHours: source.quietHours,
      topic: source.topic,
      ...(source.isTest ? { isTest: true } : {}),
      ...(wish.ignoreBalance === true ? { ignoreBalance: true } : {}),
      ...(template === null ? {} : { saved: { template, lists: [], exceptLists: [] } }),
      retry: {
        of,
        ofKey,
        rootKey,
        statuses: wish.statuses,
        people: people.places(),
        origin,
        originOf: originsOf(people, source, deps.originOf),
      },
    };
  }

  /** `submission` is null where it is to be tried again, and `why`. */
  async function tryToSubmit(id: string, wish: RetryRequest, asked: Asked, signal: AbortSignal): Promise<Tried> {
    const source = await sourceOf(id);
    const key = asked.submittedKey?.key ?? null;
    refuseOwnKey(source, key);
    if (await retries.isBeingRetried(source.broadcastKey)) return { submission: null, why: 'busy' };
    const request = await requestOf(source, wish, key);
    if (request.recipients.submitted === 0) throw nobodyLeft(wish);
    try {
      return { submission: await broadcastService.submit({ ...request, ...asked }, signal), why: null };
    } catch (error) {
      if (!(error instanceof RetryRefusedError) || error.why === 'closed') throw error;
      return { submission: null, why: error.why };
    }
  }

  return {
    async submit(id, wish, asked, signal) {
      const until = timers.monotonicMs() + LONGEST_WAIT_MS;
      for (let reads = 1; reads <= MOST_READS;) {
        const { why, submission } = await tryToSubmit(id, wish, asked, signal);
        if (submission !== null) return submission;
        if (why === 'outdated') reads++;
        else if (timers.monotonicMs() > until) break;
        else await timers.sleep(LOOK_AGAIN_MS);
      }
      throw stillChanging();
    },

    async preview(id, wish) {
      const request = await requestOf(await sourceOf(id), wish, null);
      return { request, preview: await previews.preview(request) };
    },
  };
}

const WHY_CLOSED = {
  told: 'The caller of this broadcast was answered with an error, which says that nobody will be texted: send a new one.',
  'key used again': 'The Idempotency-Key of this broadcast was used again since it failed: another one stands for it.',
} as const;

/** What failed entirely would set its key free for its own retry. */
function refuseOwnKey({ idempotencyKey }: RetrySource, key: string | null): void {
  if (key === null || key !== idempotencyKey) return;
  throw new ServiceError('key_reused', 'This Idempotency-Key is that of the broadcast itself. Use a new one.');
}

function nobodyLeft({ statuses, errorCodes }: RetryRequest): ServiceError {
  const codes = errorCodes === null ? '' : ` with the error code ${errorCodes.join(' or ')}`;
  return new ServiceError(
    'conflict',
    `Nobody was texted. Nobody of this broadcast is ${statuses.join(' or ')}${codes} whom no other retry has taken or reached.`,
  );
}

const stillChanging = (): ServiceError =>
  new ServiceError('in_progress', 'Nobody was texted. Another retry of this broadcast is being written. Try again.', {
    retryAfterSeconds: 2,
  });
