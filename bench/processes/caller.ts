import { setTimeout as sleepFor } from 'node:timers/promises';
import { prepareBody, prepareNamed, type BodyFormat, type PreparedPost } from '../load/bodies';
import { request, type Reply } from '../load/request';
import { serve } from '../stage/actorSide';

export type Target = { readonly url: string; readonly key: string };

/** What a `POST /broadcast` was answered. */
export type Posted = {
  readonly ms: number;
  readonly status: number;
  /** Empty where the answer holds none, as the baseline's. */
  readonly id: string;
  readonly accepted: number;
};

/** `completedMs`: from the first byte of the request until Plivo has taken every batch. */
export type Followed = Posted & { readonly completedMs: number };

/** Often enough for the figure, seldom enough not to be the load. */
const LOOK_EVERY_MS = 25;
const SHOWN_OF_ANSWER = 300;

/** A caller with a list of people. */
const methods = {
  /** Makes the body ready; returns its length in bytes. */
  prepare({ format, size, from }: { format: BodyFormat; size: number; from?: number }): number {
    prepared = prepareBody(format, size, from);
    return prepared.body.length;
  },
  /** As `prepare`, of people with names and codes: a text for each, or one for all. */
  prepareNamed({ size, isPersonal }: { size: number; isPersonal: boolean }): number {
    prepared = prepareNamed(size, isPersonal);
    return prepared.body.length;
  },
  async post(target: Target): Promise<Posted> {
    return postedOf(await send(target));
  },
  async postAndFollow(target: Target): Promise<Followed> {
    const began = performance.now();
    const posted = postedOf(await send(target));
    for (;;) {
      const { text } = await request({ url: `${target.url}/broadcast/${posted.id}`, headers: keyOf(target) });
      const { status } = JSON.parse(text) as { status: string };
      if (status === 'completed') return { ...posted, completedMs: performance.now() - began };
      if (status !== 'queued' && status !== 'processing') throw new Error(`The broadcast ended as ${status}.`);
      await sleepFor(LOOK_EVERY_MS);
    }
  },
};
export type CallerProcess = typeof methods;

let prepared: PreparedPost | null = null;

const keyOf = ({ key }: Target) => ({ 'x-api-key': key });

function send(target: Target): Promise<Reply> {
  if (prepared === null) throw new Error('No body was prepared.');
  const { path, contentType, body } = prepared;
  const headers = { ...keyOf(target), 'content-type': contentType, prefer: 'respond-async' };
  return request({ url: target.url + path, method: 'POST', headers, body });
}

/** Formats that the service does not take (415) are left to whoever asked; bare servers answer 204. */
function postedOf({ status, text, ms }: Reply): Posted {
  if (status === 415 || status === 204) return { ms, status, id: '', accepted: 0 };
  if (status !== 202) throw new Error(`POST /broadcast was answered ${status}: ${text.slice(0, SHOWN_OF_ANSWER)}`);
  const { id = '', recipients } = JSON.parse(text) as { id?: string; recipients: { accepted: number } };
  return { ms, status, id, accepted: recipients.accepted };
}

serve(methods);
