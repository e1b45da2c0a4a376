import { createHash } from 'node:crypto';
import type { Glance } from '../../store/telling/watchStore';

/** What listeners are told, written once for all of them. */
export type LiveEvent = {
  /** A later event of the same name takes its place where a reader has not got it yet. */
  readonly name: string;
  /** As it goes over the line, `text/event-stream`: the same bytes for all. */
  readonly frame: Buffer;
};

type Content = { readonly id: string; readonly event: 'progress' | 'fault' | 'review' | 'end'; readonly data: unknown };

const frameOf = ({ id, event, data }: Content): Buffer =>
  Buffer.from(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);

/** `at`: when the look was taken in which it was seen. */
export function progressEvent(at: number, glance: Glance, representation: object): LiveEvent {
  const id = progressId(at, glance);
  return { ...named(glance.id, 'progress'), frame: frameOf({ id, event: 'progress', data: representation }) };
}

export function endEvent(at: number, glance: Glance): LiveEvent {
  const data = { id: glance.id, status: glance.status };
  return { ...named(glance.id, 'end'), frame: frameOf({ id: `${progressId(at, glance)}-end`, event: 'end', data }) };
}

/** Of what concerns all broadcasts. */
export const commonEvent = (at: number, event: 'fault' | 'review', data: object): LiveEvent => ({
  name: event,
  frame: frameOf({ id: at.toString(36), event, data }),
});

const named = (broadcastId: string, event: string): Pick<LiveEvent, 'name'> => ({ name: `${event} ${broadcastId}` });

const DIGEST_LENGTH = 12;

const digestOf = ({ version }: Pick<Glance, 'version'>): string =>
  createHash('sha1').update(version).digest('base64url').slice(0, DIGEST_LENGTH);

const progressId = (at: number, glance: Glance): string => `${at.toString(36)}-${digestOf(glance)}`;

/** What a listener who comes back has got last. */
export type LastHeard = {
  /** When the look was taken in which it was seen. */
  readonly at: number;
  /** It was told that the broadcast has ended. */
  readonly isEnd: boolean;
  /** Whether it was told of the broadcast as it stands. */
  readonly isOf: (glance: Pick<Glance, 'version'>) => boolean;
};

/** Reads a `Last-Event-ID`; null where it is none of ours. */
export function lastHeardOf(id: string): LastHeard | null {
  const [, at, digest, end] = /^([0-9a-z]{1,10})(?:-([\w-]{12})(-end)?)?$/.exec(id) ?? [];
  if (at === undefined) return null;
  return { at: parseInt(at, 36), isEnd: end !== undefined, isOf: (glance) => digestOf(glance) === digest };
}
