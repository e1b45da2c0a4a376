/** Who a text comes from: one sender, or a Powerpack that picks the number. */
export type Origin = { readonly sender: string } | { readonly powerpackUuid: string };

/** Calling codes, or longer beginnings of numbers, without "+"; `*` stands for all others. */
export type SenderMap = ReadonlyMap<string, Origin>;

/** Null where nothing is set for the number. A number's origin is always the same object. */
export type OriginOf = (number: string) => Origin | null;

/** As `OriginOf`, for somebody of a list by their place. */
export type OriginAt = (number: string, place: number) => Origin | null;

const LONGEST_PREFIX = 7;
const POWERPACK = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const NO_SENDER =
  'must be a number such as "+14155550100", a short code, or at most 11 letters and digits with a letter among them';

/**
 * Why it cannot be Plivo's `src`, or null where it can: an E.164 number (with or without "+"), a short code, or an
 * alphanumeric sender of at most 11 letters and digits with a letter among them (Plivo docs: "Send a message").
 */
export function senderProblem(text: string): string | null {
  if (/^[A-Za-z0-9 ]{1,11}$/.test(text) && /[A-Za-z]/.test(text)) return null;
  if (!/^\+?\d{1,20}$/.test(text)) return NO_SENDER;
  if (text.startsWith('+0'))
    return 'must not have a 0 behind the "+": a number begins with its country code, such as "+14155550100"';
  if (text.startsWith('00'))
    return 'must not begin with 00: write a number with "+" and its country code, such as "+14155550100"';
  if (text.startsWith('0'))
    return 'must not begin with 0: write a number with its country code, such as "+447700900123"; no short code begins so';
  if (text.startsWith('+') && text.length < SHORTEST_NUMBER + 1)
    return `must have at least ${SHORTEST_NUMBER} digits behind the "+"; write a short code without it`;
  return /^\+?\d{3,15}$/.test(text) ? null : NO_SENDER;
}

/** The shortest numbers in service, with their country code. */
const SHORTEST_NUMBER = 7;

/** A sender, or the uuid of a Powerpack; null where it is neither. */
export function readOrigin(text: string): Origin | null {
  if (POWERPACK.test(text)) return { powerpackUuid: text };
  return senderProblem(text) === null ? { sender: text } : null;
}

/** Reads `1:+14155550100,44:ACME,*:…`; a uuid in the place of a sender is a Powerpack. Null where it is malformed. */
export function parseSenderMap(text: string): SenderMap | null {
  const map = new Map<string, Origin>();
  const known = new Map<string, Origin>();
  for (const entry of text.split(',').map((part) => part.trim())) {
    const [, prefix = '', origin = ''] = /^\+?(\*|[1-9]\d{0,6}):\s*(.+)$/.exec(entry) ?? [];
    if (prefix === '' || map.has(prefix)) return null;
    // One object for each: those who have the same one go in the same call.
    const one = known.get(origin) ?? readOrigin(origin);
    if (one === null) return null;
    known.set(origin, one);
    map.set(prefix, one);
  }
  return map;
}

/** What is wrong with the first sender of a list that `parseSenderMap` does not take; null where it is something else. */
export function senderMapProblem(text: string): string | null {
  for (const entry of text.split(',')) {
    const origin = entry.slice(entry.indexOf(':') + 1).trim();
    const problem = entry.includes(':') && !POWERPACK.test(origin) ? senderProblem(origin) : null;
    if (problem !== null) return `has the sender ${origin.slice(0, 40)}, which ${problem}`;
  }
  return null;
}

/** The longest beginning that the map knows decides, then `*`, then `fallback`. */
export function createOriginOf(map: SenderMap, fallback: Origin | null): OriginOf {
  const isFallback = (origin: Origin) => fallback !== null && nameOf(origin) === nameOf(fallback);
  const rest = map.get('*') ?? [...map.values()].find(isFallback) ?? fallback;
  const lengths = [...new Set([...map.keys()].filter((prefix) => prefix !== '*').map((prefix) => prefix.length))];
  lengths.sort((a, b) => b - a);
  if (lengths.length === 0) return () => rest;
  return (number) => {
    for (const length of lengths) {
      const origin = map.get(number.slice(1, 1 + Math.min(length, LONGEST_PREFIX)));
      if (origin !== undefined) return origin;
    }
    return rest;
  };
}

/** Alphanumeric senders reach neither the US nor Canada: Plivo needs one of its own numbers there. */
const NEEDS_A_NUMBER: ReadonlySet<string> = new Set(['US', 'CA']);

export const isAlphanumeric = (origin: Origin): boolean => 'sender' in origin && /[A-Za-z]/.test(origin.sender);

/** Whether texts from there reach people in the country (ISO 3166). */
export const reaches = (origin: Origin, country: string): boolean =>
  !(NEEDS_A_NUMBER.has(country) && isAlphanumeric(origin));

/** For comparing and showing. */
export const nameOf = (origin: Origin): string => ('sender' in origin ? origin.sender : origin.powerpackUuid);
