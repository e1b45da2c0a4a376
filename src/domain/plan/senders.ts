/** Who a text comes from: one sender, or a Powerpack that picks the number. */
export type Origin = { readonly sender: string } | { readonly powerpackUuid: string };

/** Calling codes, or longer beginnings of numbers, without "+"; `*` stands for all others. */
export type SenderMap = ReadonlyMap<string, Origin>;

/** Null where nothing is set for the number. A number's origin is always the same object. */
export type OriginOf = (number: string) => Origin | null;

const LONGEST_PREFIX = 7;
const POWERPACK = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Whether Plivo takes it as `src`: an E.164 number (with or without "+"), a short code, or an alphanumeric sender of at
 * most 11 letters and digits with a letter among them (Plivo docs: "Send a message").
 */
export const isSender = (text: string): boolean =>
  /^\+?\d{3,15}$/.test(text) || (/^[A-Za-z0-9 ]{1,11}$/.test(text) && /[A-Za-z]/.test(text));

/** Reads `1:+14155550100,44:ACME,*:…`; a uuid in the place of a sender is a Powerpack. Null where it is malformed. */
export function parseSenderMap(text: string): SenderMap | null {
  const map = new Map<string, Origin>();
  const known = new Map<string, Origin>();
  for (const entry of text.split(',').map((part) => part.trim())) {
    const [, prefix = '', origin = ''] = /^\+?(\*|[1-9]\d{0,6}):\s*(.+)$/.exec(entry) ?? [];
    if (prefix === '' || map.has(prefix)) return null;
    const isPowerpack = POWERPACK.test(origin);
    if (!isPowerpack && !isSender(origin)) return null;
    // One object for each: those who have the same one go in the same call.
    const one = known.get(origin) ?? (isPowerpack ? { powerpackUuid: origin } : { sender: origin });
    known.set(origin, one);
    map.set(prefix, one);
  }
  return map;
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
