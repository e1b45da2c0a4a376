import { call, request, type Call, type Connection } from './calling/call.ts';
import { readEvents, type StreamedEvent } from './eventStream.ts';
import { pause } from './calling/pause.ts';
import { isFinal, type Broadcast, type BroadcastStatus } from './types.ts';

/** What keeps all texts from going. */
export type StandingFault = {
  readonly code: string;
  readonly plivoStatus: number | null;
  readonly message: string;
  readonly since: string;
};

/** What `follow` tells: how the broadcast stands, what is in the way of all, how many replies wait for a person, and the end. */
export type BroadcastEvent =
  | { readonly type: 'progress'; readonly broadcast: Broadcast }
  /** Null once it is over. Told by the stream only. */
  | { readonly type: 'fault'; readonly fault: StandingFault | null }
  /** Told by the stream only. */
  | { readonly type: 'review'; readonly waiting: number }
  | { readonly type: 'end'; readonly id: string; readonly status: BroadcastStatus };

export type FollowOptions = {
  readonly signal?: AbortSignal;
  /** Between two looks where the stream cannot be had, in milliseconds. */
  readonly pollMs?: number;
};

/** A stream that is alive says something every 15 s; of one that a proxy keeps back, nothing comes at all. */
const FIRST_BYTES_MS = 10_000;
const SILENCE_MS = 45_000;
const STREAM_AGAIN_MS = 15_000;
/** A service that is started anew is waited for. */
const TRIES = 10;

type Place = { lastEventId: string; lastSeen: string };

/**
 * What happens to a broadcast, until it is final. It reads the stream of events, and comes back to it where it breaks off; where
 * there is none to be had it asks now and then, and tries the stream again later.
 *
 * @throws ProblemError, ConnectionError where the service cannot be asked either
 */
export async function* follow(
  connection: Connection,
  id: string,
  { signal, pollMs = 2000 }: FollowOptions,
): AsyncGenerator<BroadcastEvent, void, undefined> {
  const place: Place = { lastEventId: '', lastSeen: '' };
  for (let streamAtMs = 0; ;) {
    if (performance.now() >= streamAtMs) {
      for await (const event of listen(connection, id, place, signal)) {
        yield event;
        if (event.type === 'end') return;
      }
      streamAtMs = performance.now() + STREAM_AGAIN_MS;
    }
    signal?.throwIfAborted();
    const broadcast = await look(connection, id, signal);
    if (isNews(place, broadcast)) yield { type: 'progress', broadcast };
    if (isFinal(broadcast)) return yield { type: 'end', id, status: broadcast.status };
    await pause(pollMs, signal);
  }
}

function look(connection: Connection, id: string, signal: AbortSignal | undefined): Promise<Broadcast> {
  const patience = { ...connection.patience, tries: Math.max(TRIES, connection.patience.tries) };
  const path = `/broadcast/${encodeURIComponent(id)}`;
  return call(connection, { method: 'GET', path, cannotDouble: true, signal, patience }) as Promise<Broadcast>;
}

/** The events of the stream for as long as it can be read; why it cannot is found out by the look that follows. */
async function* listen(
  connection: Connection,
  id: string,
  place: Place,
  signal: AbortSignal | undefined,
): AsyncGenerator<BroadcastEvent, void, undefined> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), FIRST_BYTES_MS);
  const onBytes = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  try {
    const until = signal === undefined ? silence.signal : AbortSignal.any([silence.signal, signal]);
    const response = await request(connection, streamCall(id, place), until);
    if (response.status !== 200 || response.body === null) return await response.body?.cancel();
    for await (const event of readEvents(response.body, onBytes)) {
      place.lastEventId = event.id;
      const told = eventOf(event);
      if (told !== null && (told.type !== 'progress' || isNews(place, told.broadcast))) yield told;
    }
  } catch {
    // Broken off, silent, or nobody there.
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

const streamCall = (id: string, { lastEventId }: Place): Call => ({
  method: 'GET',
  path: `/broadcast/${encodeURIComponent(id)}/events`,
  headers: { accept: 'text/event-stream', ...(lastEventId === '' ? {} : { 'last-event-id': lastEventId }) },
  cannotDouble: true,
});

/** Stream and looks may tell the same. */
function isNews(place: Place, broadcast: Broadcast): boolean {
  const seen = JSON.stringify(broadcast);
  const isNew = seen !== place.lastSeen;
  place.lastSeen = seen;
  return isNew;
}

/** Null for events that a later version may have. */
function eventOf({ event, data }: StreamedEvent): BroadcastEvent | null {
  const value = JSON.parse(data) as unknown;
  if (event === 'progress') return { type: 'progress', broadcast: value as Broadcast };
  if (event === 'fault') return { type: 'fault', ...(value as { fault: StandingFault | null }) };
  if (event === 'review') return { type: 'review', ...(value as { waiting: number }) };
  if (event === 'end') return { type: 'end', ...(value as { id: string; status: BroadcastStatus }) };
  return null;
}
