import { parse as parseQuery } from 'node:querystring';
import express, { Router, type Request, type RequestHandler } from 'express';
import type { Logger } from '../../../config/logger';
import { ServiceError } from '../../domain/errors';
import type { InboundService } from '../../services/hearing/inboundService';
import type { Reply } from '../../services/plivo/plivoService';
import type { ReceiptService } from '../../services/hearing/receiptService';
import { parseInboundCallback } from './inboundCallback';
import { parseStatusCallback } from './statusCallback';

export type WebhookRoutesDeps = {
  readonly receipts: ReceiptService;
  readonly inbound: InboundService;
  /** Ends the address at which a START is taken; null where the plain address takes it. */
  readonly inboundToken: string | null;
  readonly isSameSecret: (presented: string, secret: string) => boolean;
  /** Plivo's, of a request that passed. */
  readonly signaturesOf: (req: Request) => readonly string[];
  readonly logger: Logger;
  /** Plivo XML that makes Plivo send the reply, or nothing. */
  readonly replyXml: (reply: Reply | null) => string;
  readonly verifyPlivo: RequestHandler;
  readonly unknownRoute: RequestHandler;
  readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
};

const CALLBACK_LIMIT = '64kb';
/** Anything else than a token of ours names nothing, and need not be looked up. */
const TOKEN = /^[\w-]{1,64}$/;

/** What Plivo calls. Answered 2xx only after what it says is committed; Plivo sends again whatever else it gets. */
export function webhookRoutes(deps: WebhookRoutesDeps): Router {
  const { receipts, inbound, replyXml, verifyPlivo, methodNotAllowed } = deps;
  const router = Router();

  const status: RequestHandler = async (req, res) => {
    const token = String(req.params['token']);
    if (!TOKEN.test(token)) throw new ServiceError('not_found', 'This address names no batch.');
    const parsed = parseStatusCallback(token, callbackFields(req));
    if (parsed.kind === 'nonsense') throw nonsense(parsed);
    const result = await receipts.receive(parsed.report);
    if (result === 'unknown_token') throw new ServiceError('not_found', 'This address names no batch.');
    if (result === 'unknown_recipient') throw new ServiceError('not_found', 'The number is not one of the batch.');
    res.status(204).end();
  };

  /** False for the plain address, which everybody knows. */
  function isOwnAddress(req: Request): boolean {
    const { token } = req.params;
    if (typeof token !== 'string') return deps.inboundToken === null;
    if (deps.inboundToken !== null && deps.isSameSecret(token, deps.inboundToken)) return true;
    deps.logger.warn('A text came to an inbound address that is not ours: give Plivo the one of GET /account');
    throw new ServiceError('not_found', 'This is not the inbound address.');
  }

  const inboundText: RequestHandler = async (req, res) => {
    const mayOptIn = isOwnAddress(req);
    const parsed = parseInboundCallback(callbackFields(req));
    if (parsed.kind === 'nonsense') throw nonsense(parsed);
    const { from, to } = parsed.text;
    const answer = await inbound.receive({ ...parsed.text, signatures: deps.signaturesOf(req) }, { mayOptIn });
    const reply = answer === null ? null : { from: digitsOf(to), to: digitsOf(from), text: answer };
    res.type('application/xml').send(replyXml(reply));
  };

  const form = express.urlencoded({ extended: false, limit: CALLBACK_LIMIT });
  const otherMethods = methodNotAllowed('GET', 'POST');
  // Express would take a HEAD for a GET, and this is no reading.
  const noHead: RequestHandler = (req, res, next) => {
    if (req.method === 'HEAD') void otherMethods(req, res, next);
    else next();
  };
  router
    .route('/plivo/status/:token')
    .get(noHead, verifyPlivo, status)
    .post(form, verifyPlivo, status)
    .all(otherMethods);
  for (const path of ['/plivo/inbound', '/plivo/inbound/:token'])
    router.route(path).get(noHead, verifyPlivo, inboundText).post(form, verifyPlivo, inboundText).all(otherMethods);
  // Ends here: further on, a key would be asked for.
  router.use(deps.unknownRoute);
  return router;
}

/** Where an application's method is GET, Plivo puts the fields in the query. Read as they are: a STOP counts, however garbled. */
const callbackFields = (req: Request): Record<string, unknown> =>
  req.method === 'GET' ? parseQuery(queryOf(req.originalUrl)) : ((req.body ?? {}) as Record<string, unknown>);

const queryOf = (url: string): string => (url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');

/** As Plivo writes numbers. */
const digitsOf = (number: string): string => number.replace('+', '');

function nonsense({ field, problem }: { field: string; problem: string }): ServiceError {
  return new ServiceError('invalid_request', `The field ${field} ${problem}.`, {
    errors: [{ path: field, msg: problem }],
    errorCount: 1,
  });
}
