import { Router, type RequestHandler, type Response } from 'express';
import type { Caller } from '../../domain/access/caller';
import { ServiceError } from '../../domain/errors';
import { OPT_OUT_KEPT_AS } from '../../domain/states/optOut';
import { refuseOwnOnly } from '../parameters/ownOnly';
import type { NumberReader } from '../../domain/numbers/phoneNumber';
import type { InboundStore } from '../../store/hearing/inboundStore';
import type { ListStore } from '../../store/audience/listStore';
import type { OptOutStore } from '../../store/optOuts/optOutStore';
import type { PersonStore } from '../../store/reading/personStore';
import type { ErasureStore } from '../../store/erasing/personErasure';
import { numberOf } from '../parameters/numberParameter';
import { afterOf, choiceOf, cursorOf, limitOf, onlyParameters } from '../parameters/query';
import { changeView, inboundView, optOutView } from '../views/personView';
import { participationView } from '../views/recipientView';
import { exportPerson } from './personExport';

export type PeopleRoutesDeps = {
  readonly people: PersonStore;
  readonly optOuts: OptOutStore;
  readonly inbound: InboundStore;
  readonly lists: Pick<ListStore, 'entriesOf'>;
  readonly erasure: ErasureStore;
  readonly numbers: NumberReader;
  /** Refuses a body. */
  readonly readNothing: RequestHandler[];
  readonly callerOf: (res: Response) => Caller;
  readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
};

/** The person's latest texts to us; all of them stand under `/inbound`. */
const MOST_TEXTS = 20;

/** One person: may they be texted, what has each broadcast done, what have they written. */
export function peopleRoutes(deps: PeopleRoutesDeps): Router {
  const { people, optOuts, inbound, erasure, numbers, callerOf, methodNotAllowed } = deps;
  const router = Router();
  const show: RequestHandler = async (req, res) => {
    onlyParameters(req, ['limit', 'cursor']);
    const number = numberOf(req, numbers);
    const caller = callerOf(res);
    const page = await people.participations(number, {
      limit: limitOf(req),
      after: afterOf(req, 1)?.[0] ?? null,
      ...(caller.ownOnly ? { creatorId: caller.id ?? '' } : {}),
    });
    const optOut = await optOuts.find(number);
    const history = optOut?.history ?? (await optOuts.historyOf(number));
    const texts = await inbound.list({ limit: MOST_TEXTS, after: null, from: number });
    res.json({
      recipient: number,
      optedOut: optOut !== null,
      optOut: optOut === null ? null : optOutView(optOut),
      history: history.map(changeView),
      inbound: texts.items.map(inboundView),
      broadcasts: page.items.map(participationView),
      next: page.next === null ? null : cursorOf(page.next),
    });
  };

  const handOut: RequestHandler = async (req, res) => {
    onlyParameters(req, []);
    const number = numberOf(req, numbers);
    res.attachment('person.json').json(await exportPerson(deps, number, { at: Date.now(), caller: callerOf(res) }));
  };

  const erase: RequestHandler = async (req, res) => {
    onlyParameters(req, ['optOut']);
    const keptAs = choiceOf(req, 'optOut', OPT_OUT_KEPT_AS) ?? 'number';
    const erased = await erasure.erase(numberOf(req, numbers), keptAs);
    if (erased.kind === 'under_way') throw new ServiceError('conflict', whyNotYet(erased.broadcastIds));
    if (erased.kind === 'unread') throw new ServiceError('conflict', UNREAD);
    res.status(204).end();
  };

  router
    .route('/:number')
    .get(show)
    .delete(...deps.readNothing, refuseOwnOnly(callerOf, 'erases nobody from those of others'), erase)
    .all(methodNotAllowed('GET', 'HEAD', 'DELETE'));
  router.route('/:number/export').get(handOut).all(methodNotAllowed('GET', 'HEAD'));
  return router;
}

const MOST_NAMED = 5;

function whyNotYet(broadcastIds: readonly string[]): string {
  const named = broadcastIds.slice(0, MOST_NAMED).join(', ');
  const more = broadcastIds.length > MOST_NAMED ? ` and ${broadcastIds.length - MOST_NAMED} more` : '';
  return (
    'Nothing was erased: a text for this person waits, or it is not known yet whether they have it. Cancel the broadcast ' +
    `or wait for its end, and try again: ${named}${more}.`
  );
}

const UNREAD =
  'Nothing was erased: a reply of this person may be a wish to stop, and nobody has read it. Settle it by ' +
  'POST /inbound/{uuid}/reviewed, and try again.';
