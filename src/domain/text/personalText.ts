import { tooLong } from './segments';

/** A message that says something of its own to each person: `Hi {{name|there}}, your code is {{code}}`. */
export type PersonalMessage = {
  /** The names of its fields as they were written, each once. */
  readonly fields: readonly Field[];
  /**
   * The text for one person, by the values of the fields in their order; null, or nothing to be seen, is a value that is
   * lacking. A problem is worded to follow the person: "has no value for the field ...".
   */
  render(values: readonly (string | null)[]): RenderedText;
};

export type Field = { readonly name: string; /** Each place it stands in has one. */ readonly hasFallback: boolean };

export type RenderedText =
  { readonly text: string; readonly problem: null } | { readonly text: null; readonly problem: string };

/** A text taken apart: `parts` stand before, between and behind the `slots`, one more than those. */
export type ParsedText = {
  readonly parts: readonly string[];
  readonly slots: readonly Slot[];
  readonly fields: readonly Field[];
  readonly problem: null;
};

type Slot = { /** Its place among the fields. */ readonly field: number; readonly fallback: string | null };

/** `\{{`, or two braces. */
const BRACES = /\\\{\{|\{\{/g;
/** What follows two braces where a field begins, closed or not. */
const FIELD_NAME = /^\s{0,20}[\p{L}\p{N}_]/u;
/** UTF-16 code units, before anything makes it shorter: composed, a character may be a quarter as long, and joiners go. */
export const LONGEST_SUBMITTED = 8000;
const LONGEST_FIELD = 100;
const MOST_FIELDS = 50;

/**
 * Finds the fields of a text, `{{name}}` or `{{name|what stands there without one}}`; `\{{` is two braces as they stand, and
 * so are braces that neither close nor name anything. Indexes are in UTF-16 code units.
 */
export function parseFields(text: string): ParsedText | { readonly problem: string } {
  const places: Slot[] = [];
  const parts: string[] = [];
  const names = new Map<string, { place: number; hasFallback: boolean }>();
  let [part, from] = ['', 0];
  BRACES.lastIndex = 0;
  for (let found = BRACES.exec(text); found !== null; found = BRACES.exec(text)) {
    const { index } = found;
    part += text.slice(from, index);
    from = index + found[0].length;
    if (found[0] !== '{{') {
      part += '{{';
      continue;
    }
    const field = readField(text, index);
    if (field === null) {
      // A row of braces: the second may begin a field with the third.
      part += '{';
      from = index + 1;
    } else if ('problem' in field) {
      return field;
    } else {
      const known = names.get(field.name) ?? { place: names.size, hasFallback: true };
      known.hasFallback &&= field.fallback !== null;
      names.set(field.name, known);
      places.push({ field: known.place, fallback: field.fallback });
      parts.push(part);
      part = '';
      from = field.end;
    }
    BRACES.lastIndex = from;
  }
  if (names.size > MOST_FIELDS) return { problem: `has ${names.size} fields, of which it may have ${MOST_FIELDS}` };
  const fields = [...names].map(([name, { hasFallback }]) => ({ name, hasFallback }));
  return { parts: [...parts, part + text.slice(from)], slots: places, fields, problem: null };
}

type FoundField = { readonly name: string; readonly fallback: string | null; readonly end: number };

/** The field that begins at the two braces at `index`; null where none does. */
function readField(text: string, index: number): FoundField | { problem: string } | null {
  const inside = index + 2;
  const close = text.indexOf('}}', inside);
  const isNamed = FIELD_NAME.test(text.slice(inside, inside + 30));
  if (close === -1) {
    if (!isNamed) return null;
    return { problem: `has a field that is not closed, {{…, at index ${index}; end it with }}, or ${ESCAPE}` };
  }
  const content = text.slice(inside, close);
  if (content.startsWith('{') || (text[close + 2] === '}' && text[index - 1] === '{'))
    return { problem: `has three braces in a row at index ${index}; a field is written {{name}}, or ${ESCAPE}` };
  const [name = '', ...fallback] = content.split('|').map((piece) => piece.trim());
  if (/[{}]/.test(content) || name === '' || name.length > LONGEST_FIELD || /[\p{Cc}]/u.test(name))
    return { problem: `has a field that cannot be read, {{…}}, at index ${index}; write {{name}}, or ${ESCAPE}` };
  return { name, fallback: fallback.length === 0 ? null : fallback.join('|'), end: close + 2 };
}

const ESCAPE = '\\{{ for two braces as they stand';

/** Nothing that can be seen. */
const NOTHING = /^[\s\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u;

/** Puts the values into their places, rid of the blanks around them. */
export function fillIn({ parts, slots, fields }: ParsedText, values: readonly (string | null)[]): RenderedText {
  // Once for each field, which may stand in a thousand places.
  const given = fields.map((_, field) => seenOf(values[field] ?? ''));
  let text = parts[0] ?? '';
  let length = text.length;
  for (let place = 0; place < slots.length; place++) {
    const slot = slots[place];
    if (slot === undefined) break;
    const value = given[slot.field] ?? slot.fallback;
    if (value === null) return { text: null, problem: lacks(fields[slot.field]?.name ?? '') };
    const part = parts[place + 1] ?? '';
    length += value.length + part.length;
    if (length <= LONGEST_SUBMITTED) text += value + part;
  }
  return length <= LONGEST_SUBMITTED
    ? { text, problem: null }
    : { text: null, problem: `would get a text that ${tooLong(length)}` };
}

/** A value, rid of the blanks around it; null where there is nothing to be seen. */
function seenOf(value: string): string | null {
  const trimmed = value.trim();
  return trimmed === '' || NOTHING.test(trimmed) ? null : trimmed;
}

const lacks = (name: string): string => `has no value for the field {{${name}}}, which the message needs`;
