import { readProperty, readWords } from '../../domain/text/safeWords';

/** As Plivo sees it: `inbound` is what people wrote to us. */
export type Direction = 'outbound' | 'inbound';

/** Which messages to look for; null leaves a filter out. `before` must be fixed while paging, or rows shift between pages. */
export type ListQuery = {
  fromNumber: string | null;
  toNumber: string | null;
  powerpackUuid: string | null;
  /** Texts to people where nothing is said. */
  direction?: Direction;
  after: Date;
  before: Date;
  /** At most 20, which is also Plivo's default. */
  limit?: number;
  offset?: number;
};

/** One message as Plivo recorded it. Numbers are E.164 with `+`; a masked number or a name stays as it came. */
export type ListedMessage = {
  messageUuid: string;
  fromNumber: string;
  toNumber: string;
  /** `outbound` or `inbound`; null where the record does not say. */
  direction: string | null;
  state: string;
  errorCode: string | null;
  units: number | null;
  totalAmount: string | null;
  /** Milliseconds since 1970, UTC; null where the record has no readable time. */
  messageTime: number | null;
  /** From which address the text was asked for. */
  requesterIp: string | null;
};

/**
 * The query string fields of a list call (docs.plivo.com/docs/messaging/api/message/list-all-messages). Without a time filter Plivo looks
 * at the last 24 hours only, so both bounds are always given; they are inclusive.
 */
export function listParameters(query: ListQuery): Record<string, string | number> {
  return {
    message_direction: query.direction ?? 'outbound',
    message_time__gte: plivoTime(query.after),
    message_time__lte: plivoTime(query.before),
    limit: query.limit ?? 20,
    offset: query.offset ?? 0,
    ...(query.fromNumber === null ? {} : { from_number: withoutPlus(query.fromNumber) }),
    ...(query.toNumber === null ? {} : { to_number: withoutPlus(query.toNumber) }),
    ...(query.powerpackUuid === null ? {} : { powerpack_id: query.powerpackUuid }),
  };
}

/**
 * The messages and total in what the SDK's list call resolved with, or null when any record is unusable: a record passed over
 * would read as "not sent" and lead to a second text.
 */
export function readMessageList(answer: unknown): { messages: ListedMessage[]; total: number | null } | null {
  if (!Array.isArray(answer)) return null;
  const messages: ListedMessage[] = [];
  for (const record of answer as unknown[]) {
    const message = readRecord(record);
    if (message === null) return null;
    messages.push(message);
  }
  return { messages, total: asNumber(readProperty(readProperty(answer, 'meta'), 'totalCount')) };
}

function readRecord(record: unknown): ListedMessage | null {
  const text = (key: string) => asText(readProperty(record, key));
  const messageUuid = text('messageUuid');
  const toNumber = text('toNumber');
  if (messageUuid === null || toNumber === null) return null;
  return {
    messageUuid,
    fromNumber: withPlus(text('fromNumber') ?? ''),
    toNumber: withPlus(toNumber),
    direction: text('messageDirection')?.toLowerCase() ?? null,
    state: (text('messageState') ?? '').toLowerCase(),
    errorCode: text('errorCode'),
    units: asNumber(readProperty(record, 'units')),
    totalAmount: text('totalAmount'),
    messageTime: parsePlivoTime(text('messageTime') ?? ''),
    // So the SDK writes it.
    requesterIp: text('requesterIP'),
  };
}

const PLIVO_TIME =
  /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s*(?:Z|UTC|([+-])(\d\d):?(\d\d))?$/;

/** Milliseconds UTC of a time such as `2026-05-04 10:20:30.123456+05:30`; without an offset it is UTC; null when it is none. */
export function parsePlivoTime(text: string): number | null {
  const match = PLIVO_TIME.exec(text.trim());
  if (match === null) return null;
  const part = (index: number) => Number(match[index] ?? 0);
  const fractionMs = Math.floor(Number(`0.${match[7] ?? '0'}`) * 1000);
  const offsetMinutes = (match[8] === '-' ? -1 : 1) * (part(9) * 60 + part(10));
  const localMs = Date.UTC(part(1), part(2) - 1, part(3), part(4), part(5), part(6), fractionMs);
  return localMs - offsetMinutes * 60_000;
}

/** `YYYY-MM-DD HH:MM:SS.ffffff` in UTC, the form that Plivo's filters take. */
function plivoTime(time: Date): string {
  return `${time.toISOString().replace('T', ' ').replace('Z', '')}000`;
}

function asText(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : readWords(value, 0);
  return text === '' ? null : text;
}

function asNumber(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

function withoutPlus(number: string): string {
  return number.replace(/^\+(?=\d+$)/, '');
}

function withPlus(number: string): string {
  return /^\d{7,15}$/.test(number) ? `+${number}` : number;
}
