import { withStandIns } from './gsmStandIns';
import { fillIn, LONGEST_SUBMITTED, parseFields, type ParsedText, type PersonalMessage } from './personalText';
import { isGsm7, textProblem, tooLong } from './segments';

/** `gsm`: what GSM-7 does not have is written with its stand-in, where it has one. */
export const ENCODINGS = ['auto', 'gsm'] as const;
export type EncodingWish = (typeof ENCODINGS)[number];

/**
 * What a message says when it goes out, or what to change in it. `personal`: it has fields, and says something of its own
 * to each person; `text` is then as it was written.
 */
export type ReadMessage =
  | { readonly text: string; readonly personal: PersonalMessage | null; readonly problem: null }
  | { readonly text: null; readonly personal: null; readonly problem: string };

/** What no reader sees: blanks, controls, and what Unicode says has no shape, such as zero-width blanks and fillers. */
const INVISIBLE = /^[\s\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** Stands for bytes that could not be read, so it has taken the place of what its writer meant. */
const REPLACEMENT = '\ufffd';

/**
 * The one reading of a message: composed (NFC), by its stand-ins where that is wished, `\{{` as two braces. What is
 * measured, shown, stored and sent is the text that comes out; with fields, one for each person.
 */
export function readMessage(submitted: string, encoding: EncodingWish): ReadMessage {
  const problem = problemAsSubmitted(submitted);
  if (problem !== null) return faulty(problem);
  // Before fields are looked for: a fullwidth brace has a brace for its stand-in.
  const text = asSent(submitted.normalize('NFC'), encoding);
  if (INVISIBLE.test(text)) return faulty('must not be empty: it holds nothing that can be seen');
  const parsed = parseFields(text);
  if (parsed.problem !== null) return faulty(parsed.problem);
  const [only = ''] = parsed.parts;
  if (parsed.fields.length > 0) return { text, personal: personalMessage(parsed, encoding), problem: null };
  const fault = textProblem(only);
  return fault === null ? { text: only, personal: null, problem: null } : faulty(fault);
}

function personalMessage(parsed: ParsedText, encoding: EncodingWish): PersonalMessage {
  const { fields } = parsed;
  return {
    fields,
    render(values) {
      const filled = fillIn(parsed, values);
      if (filled.problem !== null) return filled;
      // Nothing in GSM-7 could be composed, replaced or broken: most texts are spared all of that.
      const isPlain = isGsm7(filled.text);
      const text = isPlain ? filled.text : asSent(filled.text, encoding);
      const problem = INVISIBLE.test(text) ? 'is empty' : ((isPlain ? null : unreadProblem(text)) ?? textProblem(text));
      return problem === null ? { text, problem } : { text: null, problem: `would get a text that ${problem}` };
    },
  };
}

/** `gsm`: by its stand-ins. */
const asSent = (text: string, encoding: EncodingWish): string =>
  encoding === 'gsm' ? inGsm(inGsm(text)) : text.normalize('NFC');

/** Twice: an accent may come to stand at a letter that it was apart from. */
const inGsm = (text: string): string => withStandIns(text).normalize('NFC');

const faulty = (problem: string): ReadMessage => ({ text: null, personal: null, problem });

function problemAsSubmitted(text: string): string | null {
  return text.length > LONGEST_SUBMITTED ? tooLong(text.length) : unreadProblem(text);
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
