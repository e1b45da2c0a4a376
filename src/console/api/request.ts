import { AnswerLost, refusalIn, Unreachable } from './faults';
import { noteTime } from './serverClock';
import { doubts, key, signOut } from './session';

export type Question = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** An object goes as JSON; a form or a file as it is. */
  readonly body?: object | FormData | Blob;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Instead of the one that is signed in. */
  readonly as?: string;
  /** Of a POST that only looks. */
  readonly changesNothing?: boolean;
};

/** Asks the service. Addresses are relative to the page, so that it works below a path of a proxy. */
export async function ask<T>(path: string, question: Question = {}): Promise<T> {
  const answer = await send(path, question);
  return (answer.status === 204 ? null : await whole(question, () => answer.json())) as T;
}

/** Asks for a file. */
export async function askForFile(path: string, question: Question = {}): Promise<Blob> {
  const answer = await send(path, question);
  return await whole(question, () => answer.blob());
}

/** Asks for what goes on and on. */
export const askForStream = (path: string, signal: AbortSignal): Promise<Response> =>
  send(path, { signal, headers: { accept: 'text/event-stream' } });

/** Signs out where the key was taken back while the page stood open; any other 403 says what the key may not do. */
async function send(path: string, question: Question): Promise<Response> {
  const answer = await whole(question, () => fetch(addressOf(path, question), requestOf(question)));
  noteTime(answer);
  if (answer.ok) return answer;
  const refused = await refusalIn(answer);
  if (refused === null) throw lost(question);
  const isKeyGone = refused.status === 401 || refused.code === 'wrong_key';
  if (question.as === undefined && isKeyGone) signOut();
  if (refused.code === 'missing_scope') doubts.value++;
  throw refused;
}

/** An answer may be lost at any point: before it begins, or in its midst. */
async function whole<T>(question: Question, what: () => Promise<T>): Promise<T> {
  try {
    return await what();
  } catch (error) {
    if (question.signal?.aborted === true) throw error;
    throw lost(question);
  }
}

const lost = ({ method = 'GET', changesNothing = false }: Question): Error =>
  method === 'GET' || changesNothing ? new Unreachable() : new AnswerLost();

function addressOf(path: string, { query = {} }: Question): URL {
  const url = new URL(path, document.baseURI.split('#', 1)[0]);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  return url;
}

function requestOf({ method = 'GET', body, headers = {}, signal, as }: Question): RequestInit {
  const used = as ?? key.value ?? '';
  const isFile = body instanceof FormData || body instanceof Blob;
  return {
    method,
    cache: 'no-store',
    headers: {
      accept: 'application/json',
      ...(used === '' ? {} : { 'x-api-key': used }),
      ...(body === undefined || isFile ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isFile ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  };
}
