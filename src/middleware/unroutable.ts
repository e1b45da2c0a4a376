import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { ServiceError } from '../domain/errors';

export type UnroutableDeps = {
  readonly requestContext: RequestHandler;
  readonly errorHandler: ErrorRequestHandler;
};

/**
 * What Express's router hands back instead of answering: a request whose target it cannot read, such as `http://[/`, before
 * any middleware, and an error when the answer is under way already. Its own answer would be a page of HTML.
 */
export function unroutable({ requestContext, errorHandler }: UnroutableDeps) {
  return (req: IncomingMessage, res: ServerResponse): void => {
    if (res.headersSent) {
      req.socket.destroy();
      return;
    }
    const [request, response] = [req as Request, res as Response];
    const end = () => req.socket.destroy();
    void requestContext(request, response, () => {
      const unread = new ServiceError('invalid_request', 'The address of the request cannot be read.');
      errorHandler(unread, request, response, end);
    });
  };
}
