import { withStandIns } from './gsmStandIns';
import { textProblem } from './segments';

/** `gsm`: what GSM-7 does not have is written with its stand-in, where it has one. */
export const ENCODINGS = ['auto', 'gsm'] as const;
export type EncodingWish = (typeof ENCODINGS)[number];

/** What a message says when it goes out, or what to change in it. */
export type ReadMessage =
  { readonly text: string; readonly problem: null } | { readonly text: null; readonly problem: string };

/** UTF-16 code units, before anything makes it shorter: composed, a character may be a quarter as long, and joiners go. */
const LONGEST_SUBMITTED = 8000;

/** What no reader sees: blanks, controls, and what Unicode says has no shape, such as zero-width blanks and fillers. */
const INVISIBLE = /^[\s\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** Stands for bytes that could not be read, so it has taken the place of what its writer meant. */
const REPLACEMENT = '\ufffd';

/** `\{{`, or the first of two braces. */
const BRACES = /\\\{\{|\{(?=\{)/g;
/** What follows two braces where a field begins, closed or not. */
const FIELD_NAME = /^\s{0,20}[\p{L}\p{N}_]/u;

/**
 * The one reading of a message: composed (NFC), by its stand-ins where that is wished, `\{{` as two braces. What is
 * measured, shown, stored and sent is the text that comes out.
 */
export function readMessage(submitted: string, encoding: EncodingWish): ReadMessage {
  const problem = problemAsSubmitted(submitted);
  if (problem !== null) return faulty(problem);
  const composed = submitted.normalize('NFC');
  // Before fields are looked for: a fullwidth brace has a brace for its stand-in.
  const written = encoding === 'gsm' ? inGsm(inGsm(composed)) : composed;
  if (INVISIBLE.test(written)) return faulty('must not be empty: it holds nothing that can be seen');
  const fieldAt = fieldIndex(written);
  if (fieldAt !== -1) return faulty(fieldProblem(fieldAt));
  const text = written.replaceAll('\\{{', '{{');
  const fault = textProblem(text);
  return fault === null ? { text, problem: null } : faulty(fault);
}

/** Twice: an accent may come to stand at a letter that it was apart from. */
const inGsm = (text: string): string => withStandIns(text).normalize('NFC');

const faulty = (problem: string): ReadMessage => ({ text: null, problem });

function problemAsSubmitted(text: string): string | null {
  if (text.length > LONGEST_SUBMITTED)
    return `is too long: ${text.length} characters, of which at most 1600 can be sent, or 737 if any is outside GSM-7`;
  return unreadProblem(text);
}

/**
 * What shows that a text is not what its writer wrote; null where nothing does. For names and notes too. Indexes are in
 * UTF-16 code units.
 */
export function unreadProblem(text: string): string | null {
  const replacedAt = text.indexOf(REPLACEMENT);
  if (replacedAt !== -1)
    return `has the character U+FFFD at index ${replacedAt}, which stands for one that was lost: send the text as UTF-8`;
  const loneAt = text.search(/\p{Cs}/u);
  return loneAt === -1
    ? null
    : `has an unpaired surrogate, half a character, at index ${loneAt}; remove or complete it`;
}

/** As names and notes are kept. */
export const composed = (text: string): string => text.normalize('NFC');

/** Of the first field, in UTF-16 code units; -1 where there is none. Braces that neither close nor name anything stay. */
function fieldIndex(text: string): number {
  const closedAt = text.lastIndexOf('}}');
  for (const { 0: found, index } of text.matchAll(BRACES)) {
    const inside = index + 2;
    if (found === '{' && (closedAt >= inside || FIELD_NAME.test(text.slice(inside, inside + 30)))) return index;
  }
  return -1;
}

const fieldProblem = (index: number): string =>
  `has a field in braces, {{…}}, at index ${index}, which has no values: write out what it stands for, ` +
  'or \\{{ for two braces as they stand';
