import type { Request, RequestHandler, Response } from 'express';
import type { Caller } from '../../domain/access/caller';
import { onceDone, ServiceError } from '../../domain/errors';
import type { ApprovalStore, Decided } from '../../store/sending/approvalStore';
import { broadcastIdOf } from '../parameters/broadcastId';
import { approvedDigestOf, rejectionOf } from '../parameters/approval';
import { onlyParameters } from '../parameters/query';

export type BroadcastApprovalDeps = {
  readonly approvals: Pick<ApprovalStore, 'approve' | 'reject'>;
  readonly wakeDispatcher: () => void;
  readonly callerOf: (res: Response) => Caller;
};

/** What a second person decides. `show` answers each with the broadcast as it then stands. */
export function broadcastApproval(deps: BroadcastApprovalDeps, show: RequestHandler) {
  const { approvals, wakeDispatcher, callerOf } = deps;
  const decision =
    (word: string, decide: (id: string, req: Request, by: Caller) => Promise<Decided>): RequestHandler =>
    async (req, res, next) => {
      onlyParameters(req, []);
      const decided = await decide(broadcastIdOf(req), req, callerOf(res));
      if (decided.kind !== 'done') throw refusal(decided, word);
      wakeDispatcher();
      await Promise.resolve(show(req, res, next)).catch(onceDone);
    };
  return {
    approve: decision('approved', (id, req, by) => approvals.approve(id, approvedDigestOf(req.body), by)),
    reject: decision('rejected', (id, req, by) => approvals.reject(id, rejectionOf(req.body), by)),
  };
}

function refusal(decided: Exclude<Decided, { kind: 'done' }>, word: string): ServiceError {
  if (decided.kind === 'unknown') return new ServiceError('not_found', 'There is no broadcast with this id.');
  if (decided.kind === 'own')
    return new ServiceError(
      'own_broadcast',
      'Who has made a broadcast does not decide about it: that takes another key.',
    );
  if (decided.kind === 'forbidden') return new ServiceError('conflict', `What is ${decided.status} cannot be ${word}.`);
  return new ServiceError(
    'other_digest',
    'This is not the digest of what was accepted. Nothing was approved: read the broadcast again, and what it says.',
  );
}
