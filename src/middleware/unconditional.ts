import type { RequestHandler } from 'express';

/**
 * What is read has no version that a caller could hold already, so no read depends on one: Express and its sender of files would
 * answer `If-None-Match: *` with an empty 304, and `If-Match` of a page with an error.
 */
export const unconditional: RequestHandler = (req, _res, next) => {
  if (req.method === 'GET' || req.method === 'HEAD') {
    delete req.headers['if-match'];
    delete req.headers['if-none-match'];
    delete req.headers['if-modified-since'];
    delete req.headers['if-unmodified-since'];
  }
  next();
};
