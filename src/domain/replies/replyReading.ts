import { readClause, type ClauseReading } from './clauseReading';
import { clausesOf, type Clause } from '../wording/clauses';
import { mayBeWish } from './doubts';
import { onFirstUse } from '../onFirstUse';
import { bareKeyword } from './keywords';
import { isSignature, ownWords } from './ownWords';
import { SAYS, vocabularyOf } from '../wording/vocabulary';

/**
 * What a reply asks for. `yes` opts in only where it can be no answer to anything else. `doubtful` may be a wish to stop and
 * may not: a person has to look. Null for conversation.
 */
export type Reading = 'optOut' | 'optIn' | 'yes' | 'help' | 'doubtful' | null;

/** More than an SMS can hold. What follows is not read, and nobody is opted out by the part that is. */
const LONGEST = 1600;

/**
 * Reads replies. 47 CFR 64.1200(a)(10) takes any words that a reasonable person understands for a wish to stop; but whoever
 * is silenced by mistake does not learn of it. So a reply opts out where all of it is understood and says so: words that
 * stop, courtesies, reasons. Only what can be meant in one way ("unsubscribe me") counts among sentences that are not
 * understood. The rest is marked where it may be a wish.
 *
 * Case, accents, styled letters, emoji and punctuation make no difference, except that they separate words.
 */
export function createReplyReader(furtherWords: readonly string[] = []): (text: string) => Reading {
  const known = onFirstUse(() => vocabularyOf(furtherWords));
  const read = (text: string): Understood => {
    const vocabulary = known();
    const clauses = clausesOf(text, (word) => vocabulary.words.has(word));
    return {
      clauses,
      readings: clauses.map((clause) => readClause(clause, vocabulary)),
      isQuestion: /[?？؟]\s{0,9}$/u.test(text),
      isQuoting: /["“”„«»]/u.test(text),
    };
  };
  return (text) => {
    const trimmed = text.trim();
    const isCut = trimmed.length > LONGEST;
    const bare = isCut ? null : bareKeyword(trimmed);
    if (bare !== null) return bare;
    const view = trimmed.slice(0, LONGEST);
    if (REACTION.test(view)) return null;
    const { lines, isEnded } = ownWords(view);
    const isSure = !isCut || isEnded;
    const whole = read(lines.join('\n'));
    if (STOP_SIGN.test(view)) return 'optOut';
    if (asksToStop(whole, lines.join('\n'), read) || isSigned(lines, read)) return isSure ? 'optOut' : 'doubtful';
    return /^[\s\p{P}]*(?:🛑|✋|🚫|⛔|🖕)/u.test(view) || mayBeWish(whole.clauses) || isShortWish(whole)
      ? 'doubtful'
      : null;
  };
}

/** Nothing but the sign that says STOP, held down or with an exclamation mark. */
const STOP_SIGN = /^(?:🛑[\ufe0f\s.!]{0,9}){1,40}$/u;

/** "Liked “Reply STOP to end”": a telephone tells what was tapped. */
const REACTION =
  /^(?:(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted|removed an?|gefällt|a aimé|le gustó)\s.{0,60}?|\P{L}{1,12} to )["“„«]/iu;

type Understood = {
  readonly clauses: readonly Clause[];
  readonly readings: readonly ClauseReading[];
  readonly isQuestion: boolean;
  /** There are words in quotation marks. */
  readonly isQuoting: boolean;
};

function asksToStop(whole: Understood, text: string, read: (text: string) => Understood): boolean {
  if (isWholeWish(whole) || isFirmWish(whole)) return true;
  // "opt" and "out" may stand on two lines.
  return text.includes('\n') && isWholeWish(read(text.replaceAll('\n', ' ')));
}

function isWholeWish(whole: Understood): boolean {
  const { readings } = whole;
  const most = Math.max(-1, ...readings.map(({ says }) => says ?? -1));
  if (most < SAYS.short) return false;
  if (readings.every(({ isBare }) => isBare)) return true;
  // "Stop now?" may ask what to do.
  if (whole.isQuestion && most === SAYS.word) return false;
  if (readings.every(({ says }) => says !== null && says !== SAYS.short)) return most >= SAYS.word;
  const isOrReason = ({ says, isReason }: ClauseReading) => isReason || (says !== null && says !== SAYS.short);
  return most >= SAYS.wish && readings.every(isOrReason) && !REPORTED.test(wordsOf(whole)) && !whole.isQuoting;
}

/** A wish that can be meant in one way only, among others' words: unless these report, quote, joke or make conditions. */
function isFirmWish(whole: Understood): boolean {
  if (whole.isQuoting || !whole.readings.some(({ says }) => says === SAYS.firm)) return false;
  const words = wordsOf(whole);
  return !REPORTED.test(words) && !CONDITION_OR_JEST.test(words);
}

const wordsOf = ({ clauses }: Understood) => ` ${clauses.map(({ words }) => words).join('')}`;

/** What somebody else has said, or what is to happen if. */
const REPORTED =
  / (?:(?<! (?:i|ive|already|have|just) )(?:said|told|asked|texted|wrote)|says|say|saying|tells|tell|writes|writing|replied|replies|reply|if|unless|whether) /u;

const CONDITION_OR_JEST =
  / (?:until|till|when|whenever|once|after|before|while|lol|haha\S{0,10}|lmao|jk|kidding|joke|joking|instead|except|only|but) /u;

/** A plain wish with a name, a telephone number or the like in the lines below. */
function isSigned(lines: readonly string[], read: (text: string) => Understood): boolean {
  const most = Math.min(3, lines.length - 1);
  for (let count = 1; count <= most; count++) {
    const above = read(lines.slice(0, count).join('\n'));
    const isPlain = above.readings.some(({ says }) => says !== null && says >= SAYS.word);
    if (isPlain && isWholeWish(above) && isSignature(lines.slice(count))) return true;
  }
  return false;
}

/** "No, cancel": a word that opts out alone, with something beside it that says nothing else. */
const isShortWish = ({ readings }: Understood): boolean =>
  readings.every(({ says }) => says !== null) &&
  readings.some(({ says }) => says === SAYS.short || says === SAYS.doubt);
