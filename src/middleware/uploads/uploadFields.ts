import { ServiceError } from '../../domain/errors';

/** The fields of a broadcast that come beside a file, as a JSON body would have them. */
export type Fields = Record<string, unknown>;

export type FieldPart = readonly [name: string, value: unknown];

const NUMBERS = ['expirySeconds', 'templateVersion', 'as'];
const FLAGS = ['ignoreBalance'];
const OBJECTS = ['canary'];
/** Characters; what is longer is made to be hard work. */
const LONGEST_OBJECT = 10_000;
const NAMES_OF_LISTS = ['mediaUrls', 'lists', 'exceptLists', 'to'];

/**
 * What texts stand for: a number for seconds, true or false for a flag, an object where JSON of one is written, a list for
 * pictures and saved lists (repeated, or separated by commas).
 */
export function fieldsOf(parts: readonly FieldPart[]): Fields {
  // A name may be one that every object has.
  const fields = new Map<string, unknown>();
  for (const [name, value] of parts) {
    const texts = (Array.isArray(value) ? value : [value]).map(String);
    const [text = ''] = texts;
    if (NAMES_OF_LISTS.includes(name))
      fields.set(name, [...((fields.get(name) as string[] | undefined) ?? []), ...texts.flatMap(listOf)]);
    else if (fields.has(name) || texts.length > 1)
      throw broken(`has the field "${shownName(name)}" more than once; give it once${severalHint(name)}`);
    else fields.set(name, meantBy(name, text));
  }
  return Object.fromEntries(fields);
}

function meantBy(name: string, text: string): unknown {
  if (OBJECTS.includes(name)) return objectOf(text);
  if (NUMBERS.includes(name) && /^\d{1,9}$/.test(text)) return Number(text);
  return FLAGS.includes(name) && /^(?:true|false)$/.test(text) ? text === 'true' : text;
}

/** What is no JSON stays what it is, and is refused as that. */
function objectOf(text: string): unknown {
  if (text.length > LONGEST_OBJECT) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const shownName = (name: string): string => name.slice(0, 64).replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd');

const severalHint = (name: string): string =>
  /^recipients?\[?\]?$/.test(name) ? ', as "recipients", with commas between the numbers' : '';

const listOf = (text: string): string[] => text.split(',').map((address) => address.trim());

/** An upload that cannot be read, whatever it was meant to be. */
export const broken = (what: string): ServiceError =>
  new ServiceError('invalid_request', `The request ${what}. Nothing was sent.`);
