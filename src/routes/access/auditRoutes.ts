import { Router, type RequestHandler, type Response } from 'express';
import type { Caller } from '../../domain/access/caller';
import { refuseOwnOnly } from '../parameters/ownOnly';
import type { AuditEntry, AuditStore } from '../../store/access/auditStore';
import { afterOf, cursorOf, limitOf, onlyParameters } from '../parameters/query';
import { iso } from '../views/time';

export type AuditRoutesDeps = {
  readonly audit: Pick<AuditStore, 'list'>;
  readonly callerOf: (res: Response) => Caller;
  readonly methodNotAllowed: (...allow: string[]) => RequestHandler;
};

/** Who changed what, latest first. */
export function auditRoutes({ audit, callerOf, methodNotAllowed }: AuditRoutesDeps): Router {
  const list: RequestHandler = async (req, res) => {
    onlyParameters(req, ['limit', 'cursor']);
    const page = await audit.list({ limit: limitOf(req), after: afterOf(req, 1)?.[0] ?? null });
    res.json({ data: page.items.map(auditView), next: page.next === null ? null : cursorOf(page.next) });
  };
  const router = Router();
  router
    .route('/')
    .get(refuseOwnOnly(callerOf, 'does not see who changed what'), list)
    .all(methodNotAllowed('GET', 'HEAD'));
  return router;
}

const auditView = ({ at, who, whoId, action, subject, address, requestId, details }: AuditEntry) => ({
  at: iso(at),
  who,
  whoId,
  action,
  subject,
  address,
  requestId,
  details,
});
