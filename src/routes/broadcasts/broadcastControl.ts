import type { Request, RequestHandler } from 'express';
import { onceDone, ServiceError } from '../../domain/errors';
import type { Controlled, ControlStore } from '../../store/sending/controlStore';
import { broadcastIdOf } from '../parameters/broadcastId';
import { onlyParameters } from '../parameters/query';

export type BroadcastControlDeps = {
  readonly control: ControlStore;
  readonly wakeDispatcher: () => void;
};

/** What a person can do to a broadcast under way. `show` answers each with the broadcast as it then stands. */
export function broadcastControl({ control, wakeDispatcher }: BroadcastControlDeps, show: RequestHandler) {
  const change =
    (word: string, act: (id: string, req: Request) => Promise<Controlled>): RequestHandler =>
    async (req, res, next) => {
      onlyParameters(req, []);
      const result = await act(broadcastIdOf(req), req);
      if (result.kind === 'unknown') throw new ServiceError('not_found', 'There is no such broadcast or batch.');
      if (result.kind === 'forbidden') {
        throw new ServiceError('conflict', `What is ${result.status} cannot be ${word}.`);
      }
      if (result.kind === 'refused') throw new ServiceError('conflict', `Nothing was ${word}. ${result.reason}`);
      wakeDispatcher();
      await Promise.resolve(show(req, res, next)).catch(onceDone);
    };

  return {
    pause: change('paused', (id) => control.pause(id)),
    resume: change('resumed', (id) => control.resume(id)),
    cancel: change('cancelled', (id) => control.cancel(id)),
    resendFailed: change('sent again', (id) => control.resendFailed(id)),
    resolve: change('resolved', (id, req) => control.resolveBatch(id, batchNumberOf(req), decisionOf(req))),
  };
}

function batchNumberOf(req: Request): number {
  const number = req.params['number'];
  if (typeof number !== 'string' || !/^[1-9]\d{0,8}$/.test(number)) {
    throw new ServiceError('not_found', 'There is no such broadcast or batch.');
  }
  return Number(number);
}

function decisionOf(req: Request): 'sent' | 'resend' {
  const body: unknown = req.body;
  const fields = typeof body === 'object' && body !== null ? body : {};
  const unknown = Object.keys(fields).find((name) => name !== 'as');
  if (unknown !== undefined) throw fault(unknown.slice(0, 64), 'is not a known field; the only one is as');
  const as = 'as' in fields ? fields.as : undefined;
  if (as === 'sent' || as === 'resend') return as;
  throw fault('as', 'must be "sent" (Plivo has the batch) or "resend" (Plivo does not have it)');
}

const fault = (path: string, msg: string): ServiceError =>
  new ServiceError('invalid_request', `The field "${path}" ${msg}. Nothing was done.`, {
    errors: [{ path, msg }],
    errorCount: 1,
  });
