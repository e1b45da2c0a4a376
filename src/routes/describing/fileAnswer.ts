import type { NextFunction, Response } from 'express';

/** As Express calls a caller who left before the answer began. */
const LEFT = 'ECONNABORTED';

/** Answers with a file of ours. `cache`: for how long a browser may keep it, as `Cache-Control` has it. */
export function sendFile(res: Response, path: string, cache: string, next: NextFunction): void {
  const headers = { 'Cache-Control': cache };
  res.sendFile(path, { headers, lastModified: false, etag: false, acceptRanges: false }, (error?: Error) => {
    if (error === undefined || ('code' in error && error.code === LEFT)) return;
    // With the answer under way there is no other to give.
    if (!res.headersSent) next(error);
  });
}
