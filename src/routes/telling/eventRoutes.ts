import { Router, type Request, type RequestHandler, type Response } from 'express';
import { ServiceError } from '../../domain/errors';
import { isFinal } from '../../domain/states/broadcastState';
import type { Timers } from '../../domain/time/timers';
import type { lastHeardOf, LastHeard } from '../../services/telling/liveEvents';
import type { LiveFeed } from '../../services/telling/liveFeed';
import type { Listener } from '../../services/telling/listeners';
import type { BroadcastStore } from '../../store/reading/broadcastStore';
import { broadcastIdOf } from '../parameters/broadcastId';
import { onlyParameters } from '../parameters/query';
import { EVENT_STREAM_HEADERS, openEventStream } from './eventStream';

export type EventRoutesDeps = {
  readonly liveFeed: Pick<LiveFeed, 'listen'>;
  readonly broadcasts: Pick<BroadcastStore, 'find'>;
  /** Which broadcasts this caller may be told of. */
  readonly readableBy: (res: Response) => Listener['mayRead'];
  /** Whether whoever made the request would still pass. */
  readonly isStillLetIn: (res: Response) => Promise<boolean>;
  readonly lastHeardOf: typeof lastHeardOf;
  readonly timers: Pick<Timers, 'monotonicMs' | 'sleep'>;
  readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
};

/** By then some listener has left, or another instance answers. */
const COME_BACK_SECONDS = 10;

/** What happens, as it happens: `GET /events`, and what `GET /broadcast/{id}/events` does. */
export function eventRoutes(deps: EventRoutesDeps): { router: Router; showEvents: RequestHandler } {
  const { broadcasts, readableBy } = deps;

  const listen = (req: Request, res: Response, broadcastKey: number | null): void => {
    if (req.method === 'HEAD') {
      res.status(200).set(EVENT_STREAM_HEADERS).end();
      return;
    }
    let stream: ReturnType<typeof openEventStream> | null = null;
    // The stream begins with the first word, so that whoever finds no place can still be answered otherwise.
    const open = () => (stream ??= openEventStream(res, deps.timers));
    const leave = deps.liveFeed.listen({
      broadcastKey,
      lastHeard: heardBy(req, deps),
      mayRead: readableBy(res),
      mayStay: () => deps.isStillLetIn(res),
      tell: (event) => open().tell(event),
      beat: () => open().beat(),
      end: () => open().end(),
    });
    if (leave === null)
      throw new ServiceError(
        'overloaded',
        'As many listen as this instance has room for. Ask for the status instead, or come back.',
        {
          retryAfterSeconds: COME_BACK_SECONDS,
        },
      );
    open();
    // Who went away while they were looked up has closed already.
    if (res.closed) leave();
    else res.on('close', leave);
  };

  const showAll: RequestHandler = (req, res) => {
    onlyParameters(req, []);
    listen(req, res, null);
  };

  const showEvents: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    const broadcast = await broadcasts.find(broadcastIdOf(req));
    if (broadcast === null) throw new ServiceError('not_found', 'There is no broadcast with this id.');
    // A browser comes back whenever a stream ends, and stays away after this.
    if (isFinal(broadcast.status) && heardBy(req, deps)?.isEnd === true) res.status(204).end();
    else listen(req, res, broadcast.broadcastKey);
  };

  const router = Router();
  router.route('/').get(showAll).all(deps.methodNotAllowed('GET', 'HEAD'));
  return { router, showEvents };
}

function heardBy(req: Request, deps: Pick<EventRoutesDeps, 'lastHeardOf'>): LastHeard | null {
  const id = req.get('last-event-id');
  return id === undefined ? null : deps.lastHeardOf(id);
}
