import type { IncomingMessage, ServerResponse } from 'node:http';
import { isUninvited } from './bodyInvitation';

/** A body may be as large as it is, but comes at a kilobyte a second: else whoever trickles one holds memory for an hour. */
export const WINDOW_MS = 15_000;
const LEAST_BYTES = 15_000;
/** Lists that are taken in as they come are held by nobody's memory, and whoever makes one from a database may pause. */
const STREAMED = /^(multipart\/form-data|text\/csv|application\/(x-ndjson|ndjson|jsonl|x-jsonlines|gzip))/i;
const GRACE_WINDOWS = 4;
const MOST_SILENT_WINDOWS = 20;

type Watched = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly isStreamed: boolean;
  /** Whether the window that ends next began after the sender could send. */
  hasWholeWindow: boolean;
  seen: number;
  came: number;
  windows: number;
  silent: number;
};

/**
 * Watches the bodies of one server's requests, all by one interval, and hands over those that come too slowly: within every
 * window for what is held in memory until it is whole; on average for lists that are taken in as they come.
 */
export function watchBodies(windowMs: number, onSlow: (req: IncomingMessage, res: ServerResponse) => void) {
  const underWay = new Set<Watched>();
  const forget = (watched: Watched) => () => void underWay.delete(watched);
  const look = setInterval(() => {
    for (const watched of underWay) {
      if (!isTooSlow(watched)) continue;
      underWay.delete(watched);
      onSlow(watched.req, watched.res);
    }
  }, windowMs).unref();

  return {
    add(req: IncomingMessage, res: ServerResponse): void {
      const { 'content-length': length = '0', 'transfer-encoding': encoding, 'content-type': type = '' } = req.headers;
      if (length === '0' && encoding === undefined) return;
      const seen = req.socket.bytesRead;
      const isStreamed = STREAMED.test(type);
      const watched = { req, res, isStreamed, hasWholeWindow: false, seen, came: 0, windows: 0, silent: 0 };
      underWay.add(watched);
      req.on('end', forget(watched)).on('close', forget(watched));
    },
    stop(): void {
      clearInterval(look);
    },
  };
}

function isTooSlow(watched: Watched): boolean {
  const { req, isStreamed } = watched;
  const came = req.socket.bytesRead - watched.seen;
  watched.seen += came;
  // What waits here to be read, or to be asked for, is no fault of the sender; nor is a window that began before the body.
  const isUnderWay = watched.hasWholeWindow && !isUninvited(req);
  watched.hasWholeWindow = !isUninvited(req);
  if (req.complete || req.readableLength > 0 || !isUnderWay) return false;
  watched.came += came;
  watched.windows++;
  watched.silent = came === 0 ? watched.silent + 1 : 0;
  if (!isStreamed) return came < LEAST_BYTES;
  if (watched.silent >= MOST_SILENT_WINDOWS) return true;
  return watched.windows > GRACE_WINDOWS && watched.came < (watched.windows - GRACE_WINDOWS) * LEAST_BYTES;
}
