import express, { Router, type RequestHandler } from 'express';
import { ServiceError } from '../domain/errors';
import type { ReceiptService } from '../services/receiptService';
import { parseStatusCallback } from './statusCallback';

export type WebhookRoutesDeps = {
  readonly receipts: ReceiptService;
  readonly verifyPlivo: RequestHandler;
  readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
};

const CALLBACK_LIMIT = '64kb';
/** Anything else than a token of ours names nothing, and need not be looked up. */
const TOKEN = /^[\w-]{1,64}$/;

/** What Plivo calls. Answered 2xx only after what it says is committed; Plivo sends again whatever else it gets. */
export function webhookRoutes({ receipts, verifyPlivo, methodNotAllowed }: WebhookRoutesDeps): Router {
  const router = Router();

  const status: RequestHandler = async (req, res) => {
    const token = String(req.params['token']);
    if (!TOKEN.test(token)) throw new ServiceError('not_found', 'This address names no batch.');
    const parsed = parseStatusCallback(token, (req.body ?? {}) as Record<string, unknown>);
    if (parsed.kind === 'nonsense') {
      throw new ServiceError('invalid_request', `The field ${parsed.field} ${parsed.problem}.`, {
        errors: [{ path: parsed.field, msg: parsed.problem }],
        errorCount: 1,
      });
    }
    const result = await receipts.receive(parsed.report);
    if (result === 'unknown_token') throw new ServiceError('not_found', 'This address names no batch.');
    if (result === 'unknown_recipient') throw new ServiceError('not_found', 'The number is not one of the batch.');
    res.status(204).end();
  };

  const form = express.urlencoded({ extended: false, limit: CALLBACK_LIMIT });
  router.route('/plivo/status/:token').post(form, verifyPlivo, status).all(methodNotAllowed('POST'));
  // Ends here: further on, a key would be asked for.
  router.use((req) => {
    throw new ServiceError('not_found', `There is nothing at ${req.method} on this path.`);
  });
  return router;
}
