import type { RequestHandler } from 'express';

/** Answers hold numbers and texts, and are true for a moment only: no cache on the way keeps them (RFC 9111, 5.2.2.5). */
export const noStore: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};
