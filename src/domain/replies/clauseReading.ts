import type { Clause } from '../wording/clauses';
import { LONE_ASIDES } from '../wording/courtesies';
import { firmWish, plainWish } from '../wording/englishWishes';
import { isReason } from '../wording/reasons';
import { phrasesAt } from '../wording/phraseBook';
import { SAYS, type Says, type Vocabulary } from '../wording/vocabulary';
import { wishAbroad } from '../wording/wishesAbroad';
import type { Work } from '../wording/work';

export type ClauseReading = {
  /** The most that any of its words says; null where some of them are not understood. */
  readonly says: Says | null;
  /** Nothing but words that opt out alone, and courtesies. */
  readonly isBare: boolean;
  /** Says why, in words that need not be understood. */
  readonly isReason: boolean;
};

/** More words than this are a story, which is not read as a wish. */
const LONGEST = 400;

type Place = { readonly says: Says; readonly isBare: boolean };

/**
 * Reads a clause from its beginning, in steps of a few words that are understood, and says the most that they say. Where it
 * goes on with a reason ("… or I will report you"), the rest need not be understood.
 */
export function readClause({ words }: Clause, vocabulary: Vocabulary, work: Work): ClauseReading {
  if (words.length > LONGEST) return { says: null, isBare: false, isReason: false };
  if (!vocabulary.says.meanings.has(words) && LONE_ASIDES.has(words.trim()))
    return { says: SAYS.aside, isBare: false, isReason: false };
  const places = new Map<number, Place>([[0, { says: SAYS.nothing, isBare: true }]]);
  let withReason: Says | null = null;
  for (let at = 0; at < words.length; at = words.indexOf(' ', at) + 1) {
    const from = places.get(at);
    if (from === undefined) continue;
    if (from.says >= SAYS.wish && isReason(words, at, work)) withReason = maxOf(withReason, from.says);
    for (const [end, says] of steps(words, at, vocabulary, work)) reach(places, from, end, says);
  }
  const end = places.get(words.length);
  if (end !== undefined) return { says: end.says, isBare: end.isBare, isReason: false };
  const says = withReason ?? afterReason(words, vocabulary, work);
  return { says, isBare: false, isReason: says === null && isReason(words, 0, work) };
}

/** "I don't live there any more please unsubscribe me". */
function afterReason(words: string, vocabulary: Vocabulary, work: Work): Says | null {
  const [, reason = '', wish] = /^(.{1,300}? )(?:please|pls|plz|so) (.{1,300})$/u.exec(words) ?? [];
  if (wish === undefined || !isReason(reason, 0, work) || /(?:^| )(?:to|say|said|asked|ask|not|you) $/u.test(reason))
    return null;
  const { says } = readClause({ words: wish }, vocabulary, work);
  return says !== null && says >= SAYS.wish ? says : null;
}

const maxOf = (one: Says | null, other: Says): Says => (one === null || other > one ? other : one);

/** "Cancel stop" may want the opposite: words that must stand alone lead to no other one. */
function reach(places: Map<number, Place>, from: Place, end: number, says: Says): void {
  if (from.says === SAYS.short && says > SAYS.doubt) return;
  const next = {
    says: maxOf(from.says, says),
    isBare: from.isBare && (says === SAYS.nothing || says === SAYS.short || says === SAYS.word),
  };
  const there = places.get(end);
  if (there === undefined || next.says > there.says || (next.says === there.says && next.isBare)) places.set(end, next);
}

function* steps(words: string, at: number, { says }: Vocabulary, work: Work): Generator<[number, Says]> {
  yield* phrasesAt(says, words, at, work);
  const firm = firmWish(words, at, work);
  if (firm !== null) yield [firm, SAYS.firm];
  for (const end of [plainWish(words, at, work), wishAbroad(words, at, work)]) if (end !== null) yield [end, SAYS.wish];
}
