import type { RequestHandler } from 'express';
import { ServiceError } from '../domain/errors';

/** Every path that there is; a guard test holds it to the routers. */
export const KNOWN_PATHS = [
  '/broadcast',
  '/broadcast/preview',
  '/broadcast/test',
  '/broadcast/{id}',
  '/broadcast/{id}/recipients',
  '/broadcast/{id}/batches',
  '/broadcast/{id}/events',
  '/broadcast/{id}/pause',
  '/broadcast/{id}/resume',
  '/broadcast/{id}/cancel',
  '/broadcast/{id}/resend-failed',
  '/broadcast/{id}/approve',
  '/broadcast/{id}/reject',
  '/broadcast/{id}/retry',
  '/broadcast/{id}/retry/preview',
  '/broadcast/{id}/batches/{number}/resolve',
  '/opt-outs',
  '/opt-outs/import',
  '/opt-outs/imports/{importId}',
  '/opt-outs/{number}',
  '/metrics',
  '/',
  '/assets/{file}',
  '/docs',
  '/docs/problems',
  '/docs/problems/{code}',
  '/docs/{file}',
  '/recipients/{number}',
  '/recipients/{number}/export',
  '/lists',
  '/lists/{name}',
  '/lists/{name}/recipients',
  '/lists/{name}/recipients/{number}',
  '/templates',
  '/templates/{name}',
  '/events',
  '/webhook-deliveries',
  '/webhook-deliveries/recover',
  '/webhook-deliveries/{id}/replay',
  '/account',
  '/audit',
  '/keys',
  '/keys/self',
  '/keys/{id}',
  '/keys/{id}/rotate',
  '/inbound',
  '/inbound/{uuid}/reviewed',
  '/webhooks/plivo/inbound',
  '/webhooks/plivo/inbound/{token}',
  '/webhooks/plivo/status/{token}',
  '/openapi.json',
  '/openapi.yaml',
  '/health/live',
  '/health/ready',
] as const;

/** What people call things that have another name here. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  send: 'broadcast',
  sms: 'broadcast',
  message: 'broadcast',
  bulk: 'broadcast',
  dryrun: 'preview',
  unsubscribe: 'optout',
  suppression: 'optout',
  blocklist: 'optout',
  people: 'recipient',
  person: 'recipient',
  contact: 'recipient',
  reply: 'inbound',
  stop: 'cancel',
  balance: 'account',
  credit: 'account',
};

/** What others have before their paths. */
const PREFIX = /^(?:api|rest|v\d{1,2})$/i;

/** Changed, missing or additional letters in a segment that may be forgiven. */
const MOST_TYPOS = 2;
const LONGEST_SEGMENT = 40;

/** The last route: nothing else was meant. */
export const unknownRoute: RequestHandler = (req) => {
  const nearest = nearestPath(req.originalUrl.split('?', 1)[0] ?? '');
  const hint = nearest === null ? 'See the README for the routes.' : `Did you mean "${nearest}"?`;
  throw new ServiceError('not_found', `There is nothing at ${req.method} on this path. ${hint}`);
};

/** The known path that is most like one that is not known, as a pattern; null where none is. */
export function nearestPath(path: string): string | null {
  const segments = path.split('/').filter((segment) => segment !== '');
  const first = segments.findIndex((segment) => !PREFIX.test(segment));
  const given = segments.slice(Math.max(0, first));
  let nearest: string | null = null;
  let least = Infinity;
  for (const known of KNOWN_PATHS) {
    const distance = distanceOf(given, known.slice(1).split('/'));
    if (distance < least) [nearest, least] = [known, distance];
  }
  return nearest;
}

/** Infinite where a segment is another one. What stands for something of the caller's costs least where it is alike. */
function distanceOf(given: readonly string[], known: readonly string[]): number {
  if (given.length !== known.length) return Infinity;
  let distance = 0;
  for (const [place, segment] of known.entries()) {
    const typos = segment.startsWith('{') ? 0.5 : typosBetween(wordOf(given[place] ?? ''), wordOf(segment));
    if (typos > MOST_TYPOS) return Infinity;
    distance += typos;
  }
  return distance;
}

/** In the singular, without case and signs: "Opt_Outs" is "opt-out". */
function wordOf(segment: string): string {
  const letters = segment
    .slice(0, LONGEST_SEGMENT)
    .toLowerCase()
    .replace(/[^a-z]/g, '');
  const singular = /[^s]s$/.test(letters) ? letters.slice(0, -1) : letters;
  return (Object.hasOwn(OTHER_NAMES, singular) ? OTHER_NAMES[singular] : undefined) ?? singular;
}

/** By Levenshtein, but for short words, which are near to too many others. */
function typosBetween(given: string, known: string): number {
  if (given === known) return 0;
  let row = Array.from({ length: known.length + 1 }, (_, at) => at);
  for (let line = 1; line <= given.length; line++) {
    const next = [line];
    for (let at = 1; at <= known.length; at++) {
      const replaced = (row[at - 1] ?? 0) + (known[at - 1] === given[line - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1));
    }
    row = next;
  }
  const typos = row[known.length] ?? 0;
  return typos * 3 > known.length ? Infinity : typos;
}
