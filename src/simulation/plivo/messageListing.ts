import type { Timeline } from '../clockwork/timeline';
import { settlingOf, type Settling } from './answers';
import type { Message } from './message';
import type { PlivoAccount } from './plivoAccount';
import type { PlivoNature } from './plivoNature';

export type ListFields = Readonly<Record<string, string | number>>;

/** Plivo's limit for this one address. */
const REQUESTS_PER_MINUTE = 20;
const MINUTE_MS = 60_000;
const LARGEST_PAGE = 20;

/** Answers list requests, newest message first, and refuses those above its limit. */
export function createMessageListing(
  timeline: Timeline,
  account: PlivoAccount,
  nature: PlivoNature,
): (fields: ListFields) => Settling {
  let recent: number[] = [];
  return (fields) => {
    const now = timeline.now();
    recent = recent.filter((at) => at > now - MINUTE_MS);
    if (recent.length >= REQUESTS_PER_MINUTE) return settlingOf('429');
    recent.push(now);
    const all = fields['message_direction'] === 'inbound' ? [] : account.messages;
    const found = all.filter((message) => message.visibleAt <= now && matches(message, fields, nature)).reverse();
    const offset = Number(fields['offset'] ?? 0);
    const limit = Math.min(LARGEST_PAGE, Number(fields['limit'] ?? LARGEST_PAGE));
    const page = found.slice(offset, offset + limit).map((message) => recordOf(message, nature));
    const meta = { limit, offset, ...(nature.hasTotalCount ? { totalCount: found.length } : {}) };
    return { kind: 'resolves', value: Object.assign(page, { meta, apiId: 'api' }) };
  };
}

function matches(message: Message, fields: ListFields, { masksNumbers }: PlivoNature): boolean {
  const { from_number: from, to_number: to, powerpack_id: powerpack } = fields;
  const isWithin =
    message.at >= timeOf(fields['message_time__gte']) && message.at <= timeOf(fields['message_time__lte'], Infinity);
  if (!isWithin) return false;
  if (from !== undefined && message.shownFrom !== String(from)) return false;
  if (to !== undefined && (masksNumbers || message.to !== String(to))) return false;
  return powerpack === undefined || message.powerpackUuid === String(powerpack);
}

const timeOf = (field: string | number | undefined, fallback = -Infinity) =>
  field === undefined ? fallback : Date.parse(`${String(field).replace(' ', 'T').slice(0, 23)}Z`);

const masked = (number: string) => `${number.slice(0, -4)}XXXX`;

const recordOf = (message: Message, { masksNumbers, zoneMinutes }: PlivoNature) => ({
  messageUuid: message.uuid,
  fromNumber: message.shownFrom,
  toNumber: masksNumbers ? masked(message.to) : message.to,
  messageState: message.state,
  errorCode: message.errorCode ?? '000',
  units: 1,
  totalAmount: '0.00550',
  messageDirection: 'outbound',
  messageTime: writtenTime(message.at, zoneMinutes),
});

function writtenTime(at: number, zoneMinutes: number): string {
  const local = new Date(at + zoneMinutes * MINUTE_MS).toISOString().replace('T', ' ').replace('Z', '000');
  const [hours, minutes] = [Math.floor(zoneMinutes / 60), zoneMinutes % 60].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${local}+${hours ?? '00'}:${minutes ?? '00'}`;
}
