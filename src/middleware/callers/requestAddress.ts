import type { Request } from 'express';

/**
 * The address by which limits count. With `TRUST_PROXY=true` whoever asks can claim any address, as many as it likes: then
 * only the connection tells where it comes from, and all that come through one proxy count as one.
 */
export function countedAddress(req: Request): string {
  const believesAnybody = req.app.get('trust proxy') === true;
  return (believesAnybody ? req.socket.remoteAddress : req.ip) ?? '';
}
