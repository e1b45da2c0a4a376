import type { RequestListener } from 'node:http';

/**
 * Where the public address has a path, such as `https://example.com/sms`, Plivo's calls are taken with it as well as
 * without: not every proxy takes off what it goes by. Either way they are signed with it.
 */
export function underPublicPath(publicUrls: readonly string[], listener: RequestListener): RequestListener {
  const paths = new Set(publicUrls.map((url) => /^https?:\/\/[^/]+(\/.*)?$/i.exec(url)?.[1] ?? ''));
  const beginnings = [...paths].filter((path) => path !== '').map((path) => `${path}/webhooks/`);
  if (beginnings.length === 0) return listener;
  return (req, res) => {
    const { url = '' } = req;
    const beginning = beginnings.find((one) => url.startsWith(one));
    if (beginning !== undefined) req.url = url.slice(beginning.length - '/webhooks/'.length);
    listener(req, res);
  };
}
