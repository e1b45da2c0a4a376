import type { ReceivedText } from '../../services/hearing/inboundService';

export type ParsedInbound =
  | { readonly kind: 'text'; readonly text: ReceivedText }
  | { readonly kind: 'nonsense'; readonly field: string; readonly problem: string };

const LONGEST_TEXT = 10_000;

/** Reads the form fields of a text that came in (Plivo docs: "Handling incoming messages"); unknown ones are left alone. */
export function parseInboundCallback(fields: Readonly<Record<string, unknown>>): ParsedInbound {
  const field = (name: string): string => {
    const value = fields[name];
    return typeof value === 'string' ? value.trim() : '';
  };
  const messageUuid = field('MessageUUID');
  const from = asNumber(field('From'));
  const to = asNumber(field('To'));
  if (!/^[\w-]{1,64}$/.test(messageUuid)) return nonsense('MessageUUID', 'must be a message uuid');
  if (from === null) return nonsense('From', 'must be a phone number');
  if (to === null) return nonsense('To', 'must be a phone number');
  // An MMS has a Body instead, and may have no words at all.
  const text = (field('Text') || field('Body')).slice(0, LONGEST_TEXT).replace(/[\0\p{Cs}]/gu, '\ufffd');
  const intent = field('MessageIntent').toLowerCase();
  const known = /^[a-z_-]{1,20}$/.test(intent) ? intent : null;
  return { kind: 'text', text: { messageUuid, from, to, text, intent: known } };
}

const SHORTEST_PHONE_NUMBER = 7;

/** Plivo leaves the "+" out; a short code never has one. */
function asNumber(text: string): string | null {
  const digits = text.replace(/[\s+\-.()/]/g, '');
  if (!/^[1-9]\d{2,14}$/.test(digits)) return null;
  return digits.length >= SHORTEST_PHONE_NUMBER ? `+${digits}` : digits;
}

const nonsense = (field: string, problem: string): ParsedInbound => ({ kind: 'nonsense', field, problem });
