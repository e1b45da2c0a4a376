import type { Fields } from '../formats/httpBody';
import type { Send } from '../messages/message';
import { isPhoneNumber, stripNumber } from '../formats/phoneDigits';
import type { CallbackMethod } from '../formats/signatures';
import { MAX_TEXT_LENGTH, countUnits } from '../formats/units';

const MIN_EXPIRY_SECONDS = 5;
const MAX_EXPIRY_SECONDS = 10_799;

export type SendLimits = { maxRecipients: number; isInvalid: (digits: string) => boolean };
export type SendRequest = {
  send: Omit<Send, 'acceptedAt' | 'acceptedTick' | 'requesterIp'>;
  /** Stripped, each once, in the order sent. */
  recipients: string[];
  /** As sent. */
  invalidNumbers: string[];
};

class Refusal extends Error {}

/**
 * Checks a send as documented on https://www.plivo.com/docs/messaging/api/message/send-a-message and …/bulk-messaging.
 * `error` is the text of a 400 answer.
 */
export function readSendRequest(fields: Fields, limits: SendLimits): SendRequest | { error: string } {
  try {
    const source = readSource(fields);
    const { recipients, invalidNumbers } = readRecipients(fields['dst'], limits);
    const type = readType(fields['type']);
    const text = readText(fields, type);
    const send = {
      ...source,
      text,
      units: type === 'mms' ? 1 : countUnits(text).units,
      type,
      url: readUrl(fields['url']),
      method: readMethod(fields['method']),
      log: fields['log'] ?? true,
      expiryMs: readExpiryMs(fields['message_expiry']),
    };
    return { send, recipients, invalidNumbers };
  } catch (error) {
    if (error instanceof Refusal) return { error: error.message };
    throw error;
  }
}

/** The numbers of a dst as they were sent; empty when it is missing or no text. */
export function splitDst(dst: unknown): string[] {
  return typeof dst === 'string' && dst !== '' ? dst.split('<') : [];
}

function readSource(fields: Fields): { src: string; powerpackUuid: string | null } {
  const powerpackUuid = readOptionalText(fields, 'powerpack_uuid');
  const given = readOptionalText(fields, 'src');
  if (given !== null && powerpackUuid !== null) throw new Refusal('only one of src and powerpack_uuid may be given');
  if (powerpackUuid !== null) return { src: '', powerpackUuid };
  if (given === null) throw new Refusal('src or powerpack_uuid is required');
  const src = given.replace(/[^A-Za-z0-9]/g, '');
  if (src === '' || src.length > (/^\d+$/.test(src) ? 14 : 11)) throw new Refusal('src parameter is not valid');
  return { src, powerpackUuid: null };
}

function readRecipients(dst: unknown, limits: SendLimits): Pick<SendRequest, 'recipients' | 'invalidNumbers'> {
  const asSent = splitDst(dst);
  if (asSent.length === 0) throw new Refusal('dst parameter is required');
  const seen = new Set<string>();
  const recipients: string[] = [];
  // Whether Plivo gives these back as sent or stripped is not documented; as sent lets the caller find them.
  const invalidNumbers: string[] = [];
  for (const number of asSent) {
    const digits = stripNumber(number);
    if (seen.has(digits)) continue;
    seen.add(digits);
    if (isPhoneNumber(digits) && !limits.isInvalid(digits)) recipients.push(digits);
    else invalidNumbers.push(number);
  }
  // What Plivo does above the limit is not documented; a refusal is the outcome that texts nobody by surprise.
  if (seen.size > limits.maxRecipients) throw new Refusal(`dst has more than ${limits.maxRecipients} numbers`);
  // As it is reported to answer where no number is valid.
  if (recipients.length === 0) throw new Refusal('invalid phone numbers');
  return { recipients, invalidNumbers };
}

function readType(type: unknown): string {
  if (type === undefined || type === null || type === '') return 'sms';
  if (type === 'sms' || type === 'mms' || type === 'whatsapp') return type;
  throw new Refusal('type must be sms, mms or whatsapp');
}

function readText(fields: Fields, type: string): string {
  const text = fields['text'];
  const hasMedia = [fields['media_urls'], fields['media_ids']].some(
    (media) => Array.isArray(media) && media.length > 0,
  );
  if (text === undefined || text === null || text === '') {
    if (type !== 'sms' && hasMedia) return '';
    throw new Refusal('text parameter is required');
  }
  if (typeof text !== 'string') throw new Refusal('text parameter must be a string');
  const { encoding, length } = countUnits(text);
  const max = MAX_TEXT_LENGTH[encoding];
  if (length > max) throw new Refusal(`text is longer than ${max} characters (${encoding})`);
  return text;
}

function readUrl(url: unknown): string | null {
  if (url === undefined || url === null || url === '') return null;
  if (typeof url === 'string' && URL.canParse(url) && /^https?:\/\/[^/]/i.test(url)) return url;
  throw new Refusal('url parameter is not valid');
}

function readMethod(method: unknown): CallbackMethod {
  if (method === undefined || method === null || method === '') return 'POST';
  const upper = typeof method === 'string' ? method.toUpperCase() : '';
  if (upper === 'GET' || upper === 'POST') return upper;
  throw new Refusal('method must be GET or POST');
}

function readExpiryMs(expiry: unknown): number | null {
  if (expiry === undefined || expiry === null || expiry === '') return null;
  const seconds = typeof expiry === 'string' ? Number(expiry) : expiry;
  const isValid = Number.isInteger(seconds) && Number(seconds) >= MIN_EXPIRY_SECONDS;
  if (!isValid || Number(seconds) > MAX_EXPIRY_SECONDS) {
    throw new Refusal(`message_expiry must be between ${MIN_EXPIRY_SECONDS} and ${MAX_EXPIRY_SECONDS} seconds`);
  }
  return Number(seconds) * 1000;
}

function readOptionalText(fields: Fields, name: string): string | null {
  const value = fields[name];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string') return value;
  throw new Refusal(`${name} parameter must be a string`);
}
