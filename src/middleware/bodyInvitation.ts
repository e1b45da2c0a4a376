import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';

const waiting = new WeakSet<IncomingMessage>();

/** Notes that the sender of a request waits to be told to send its body (RFC 9110, section 10.1.1). */
export const awaitInvitation = (req: IncomingMessage): void => {
  waiting.add(req);
};

/** Whether the sender of a request still waits to be told so. */
export const isUninvited = (req: IncomingMessage): boolean => waiting.has(req);

/** Tells the sender of a request to send its body; to stand behind whatever may refuse it unread. */
export const inviteBody: RequestHandler = (req, res, next) => {
  if (waiting.delete(req)) res.writeContinue();
  next();
};
