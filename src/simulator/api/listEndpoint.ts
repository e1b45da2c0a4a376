import { errorAnswer } from './answers';
import type { JsonAnswer } from './answers';
import type { Message } from '../messages/message';
import {
  messageRecord,
  receivedRecord,
  shownErrorCode,
  shownNumber,
  shownSender,
  type MessageRecord,
} from './messageRecord';
import type { ReceivedText } from '../callbacks/handset';
import type { MessageStore } from '../messages/messageStore';
import { stripNumber } from '../formats/phoneDigits';
import { parseFilterTime } from '../formats/plivoTime';
import type { SimulatorSettings } from '../behaviour/settings';

const MAX_PAGE = 20;
const DAY_MS = 24 * 3_600_000;

export type ListDeps = {
  authId: string;
  store: MessageStore;
  settings: SimulatorSettings;
  /** What people wrote to the account, latest first. */
  received: () => readonly ReceivedText[];
};

/** Messages accepted in this stretch of milliseconds since 1970, `until` itself left out. */
type Window = { from: number; until: number };
type Filter = (message: Message) => boolean;

/**
 * `GET /v1/Account/{authId}/Message/`, newest first, 20 a page
 * (https://www.plivo.com/docs/messaging/api/message/list-all-messages).
 */
export function listMessages(query: URLSearchParams, apiId: string, deps: ListDeps): JsonAnswer {
  const window = readWindow(query, Date.now());
  const limit = readWhole(query, 'limit', MAX_PAGE);
  const offset = readWhole(query, 'offset', 0);
  if (window === null) return errorAnswer(apiId, 400, 'message_time must look like YYYY-MM-DD HH:MM[:ss[.uuuuuu]]');
  if (limit === null || limit < 1 || limit > MAX_PAGE) {
    return errorAnswer(apiId, 400, `limit must be between 1 and ${MAX_PAGE}`);
  }
  if (offset === null) return errorAnswer(apiId, 400, 'offset must be a whole number, 0 or more');

  const { total, objects } =
    query.get('message_direction') === 'inbound' && !deps.settings.ignoreDirection
      ? findReceived(deps, window, limit, offset)
      : findSent(deps, window, readFilters(query, deps), limit, offset);
  const pageAt = (at: number): string => {
    const other = new URLSearchParams(query);
    other.set('limit', String(limit));
    other.set('offset', String(at));
    return `/v1/Account/${deps.authId}/Message/?${other.toString()}`;
  };
  const meta = {
    limit,
    offset,
    next: offset + limit < total ? pageAt(offset + limit) : null,
    previous: offset > 0 ? pageAt(Math.max(0, offset - limit)) : null,
    ...(deps.settings.hideTotal ? {} : { total_count: total }),
  };
  return { status: 200, body: { api_id: apiId, meta, objects } };
}

/** `GET /v1/Account/{authId}/Message/{uuid}/`. */
export function getMessage(uuid: string, apiId: string, deps: ListDeps): JsonAnswer {
  const message = deps.store.find(uuid);
  if (!message) return errorAnswer(apiId, 404, 'not found');
  return { status: 200, body: { api_id: apiId, ...messageRecord(message, uuid, deps) } };
}

function findReceived(
  { received, authId }: ListDeps,
  { from, until }: Window,
  limit: number,
  offset: number,
): { total: number; objects: MessageRecord[] } {
  const found = received().filter(({ at }) => at >= from && at < until);
  return {
    total: found.length,
    objects: found.slice(offset, offset + limit).map((text) => receivedRecord(text, authId)),
  };
}

function findSent(
  deps: ListDeps,
  window: Window,
  filters: readonly Filter[],
  limit: number,
  offset: number,
): { total: number; objects: MessageRecord[] } {
  const { total, page } = findMessages(deps, window, filters, limit, offset);
  return { total, objects: page.map((message) => messageRecord(message, deps.store.uuidOf(message.index), deps)) };
}

/** Walks back from the newest and stops where the window begins: messages are kept in order of time. */
function findMessages(
  { store, settings }: ListDeps,
  window: Window,
  filters: readonly Filter[],
  limit: number,
  offset: number,
): { total: number; page: Message[] } {
  const messages = store.all();
  const visibleUntil = Date.now() - settings.listVisibleAfterMs;
  const page: Message[] = [];
  let total = 0;
  for (let at = messages.length - 1; at >= 0; at -= 1) {
    const message = messages[at];
    if (!message || message.send.acceptedAt < window.from) break;
    const { acceptedAt } = message.send;
    const isSeen = acceptedAt < window.until && acceptedAt <= visibleUntil;
    if (!isSeen || !filters.every((holds) => holds(message))) continue;
    if (total >= offset && page.length < limit) page.push(message);
    total += 1;
  }
  return { total, page };
}

/** Without a time filter only the last 24 hours are listed. Null when a time cannot be read. */
function readWindow(query: URLSearchParams, now: number): Window | null {
  let from = -Infinity;
  let until = Infinity;
  let isGiven = false;
  for (const [name, bound] of [
    ['message_time', 'exact'],
    ['message_time__gte', 'from'],
    ['message_time__gt', 'after'],
    ['message_time__lt', 'until'],
    ['message_time__lte', 'through'],
  ] as const) {
    const text = query.get(name);
    if (text === null || text === '') continue;
    isGiven = true;
    const time = parseFilterTime(text);
    if (time === null) return null;
    if (bound === 'exact') [from, until] = [Math.max(from, time.from), Math.min(until, time.until)];
    if (bound === 'from') from = Math.max(from, time.from);
    if (bound === 'after') from = Math.max(from, time.from + 1);
    if (bound === 'until') until = Math.min(until, time.from);
    if (bound === 'through') until = Math.min(until, time.from + 1);
  }
  return isGiven ? { from, until } : { from: now - DAY_MS, until };
}

/**
 * `to_number` is compared with what the record shows: a masked number is not found by its real one. Plivo does not say;
 * this is the case that a caller must be able to live with.
 */
function readFilters(query: URLSearchParams, { settings }: ListDeps): Filter[] {
  const tests: Record<string, (wanted: string) => Filter> = {
    from_number: (wanted) => (message) => shownSender(message, settings) === stripNumber(wanted),
    to_number: (wanted) => {
      const digits = stripNumber(wanted);
      return (message) => shownNumber(message, settings.maskNumbers) === digits;
    },
    message_state: (wanted) => (message) => message.state === wanted,
    message_type: (wanted) => (message) => message.send.type === wanted,
    message_direction: (wanted) => () => settings.ignoreDirection || wanted === 'outbound',
    error_code: (wanted) => (message) => shownErrorCode(message) === wanted,
    powerpack_id: (wanted) => (message) => message.send.powerpackUuid === wanted,
  };
  return Object.entries(tests).flatMap(([name, test]) => {
    const wanted = query.get(name);
    return wanted === null || wanted === '' ? [] : [test(wanted)];
  });
}

function readWhole(query: URLSearchParams, name: string, fallback: number): number | null {
  const text = query.get(name);
  if (text === null || text === '') return fallback;
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}
