import { Router, type RequestHandler } from 'express';
import type { NumberReader } from '../../domain/numbers/phoneNumber';
import type { InboundStore } from '../../store/hearing/inboundStore';
import type { OptOutStore } from '../../store/optOuts/optOutStore';
import type { PersonStore } from '../../store/reading/personStore';
import { numberOf } from '../parameters/numberParameter';
import { afterOf, cursorOf, limitOf, onlyParameters } from '../parameters/query';
import { changeView, inboundView, optOutView } from '../views/personView';
import { participationView } from '../views/recipientView';

export type PeopleRoutesDeps = {
  readonly people: PersonStore;
  readonly optOuts: OptOutStore;
  readonly inbound: InboundStore;
  readonly numbers: NumberReader;
  readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
};

/** The person's latest texts to us; all of them stand under `/inbound`. */
const MOST_TEXTS = 20;

/** One person: may they be texted, what has each broadcast done, what have they written. */
export function peopleRoutes(deps: PeopleRoutesDeps): Router {
  const { people, optOuts, inbound, numbers, methodNotAllowed } = deps;
  const router = Router();
  const show: RequestHandler = async (req, res) => {
    onlyParameters(req, ['limit', 'cursor']);
    const number = numberOf(req, numbers);
    const page = await people.participations(number, { limit: limitOf(req), after: afterOf(req, 1)?.[0] ?? null });
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
  router.route('/:number').get(show).all(methodNotAllowed('GET', 'HEAD'));
  return router;
}
