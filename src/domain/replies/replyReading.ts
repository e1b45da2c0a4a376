import { readClause, type ClauseReading } from './clauseReading';
import { clausesByLine, type Clause } from '../wording/clauses';
import { mayBeWish } from './doubts';
import { onFirstUse } from '../onFirstUse';
import { bareKeyword } from './keywords';
import { isSignature, ownWords } from './ownWords';
import { SAYS, vocabularyOf, type Vocabulary } from '../wording/vocabulary';
import { noWork, type Work } from '../wording/work';

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
export function createReplyReader(furtherWords: readonly string[] = []): (text: string, work?: Work) => Reading {
  const known = onFirstUse(() => vocabularyOf(furtherWords));
  return (text, work = noWork()) => {
    const trimmed = text.trim();
    const isCut = trimmed.length > LONGEST;
    const bare = isCut ? null : bareKeyword(trimmed);
    if (bare !== null) return bare;
    const view = trimmed.slice(0, LONGEST);
    if (REACTION.test(view)) return null;
    const { lines, isEnded } = ownWords(view);
    if (STOP_SIGN.test(view)) return 'optOut';
    const isSure = !isCut || isEnded;
    const read = lineReader(known(), work);
    const understood = read(lines);
    const whole = together(understood);
    if (asksToStop(whole) || isBroken(lines, read) || isSigned(understood)) return isSure ? 'optOut' : 'doubtful';
    return /^[\s\p{P}]*(?:🛑|✋|🚫|⛔|🖕)/u.test(view) || mayBeWish(whole.clauses, work) || isShortWish(whole)
      ? 'doubtful'
      : null;
  };
}

type Understood = {
  /** As it was written. */
  readonly text: string;
  readonly clauses: readonly Clause[];
  readonly readings: readonly ClauseReading[];
};

type LineReader = (lines: readonly string[]) => Understood[];

/** Reads lines one by one, and what is said again only once. */
function lineReader(vocabulary: Vocabulary, work: Work): LineReader {
  const readings = new Map<string, ClauseReading>();
  const readOnce = (clause: Clause): ClauseReading => {
    const known = readings.get(clause.words) ?? readClause(clause, vocabulary, work);
    readings.set(clause.words, known);
    return known;
  };
  return (lines) => {
    const clauses = clausesByLine(lines.join('\n'), vocabulary.words);
    return lines.map((text, index) => {
      const ofLine = clauses[index] ?? [];
      return { text, clauses: ofLine, readings: ofLine.map(readOnce) };
    });
  };
}

/** By loops: `flat` took a third of the time of a text of 800 lines. */
function together(lines: readonly Understood[]): Understood {
  const clauses: Clause[] = [];
  const readings: ClauseReading[] = [];
  for (const line of lines) {
    clauses.push(...line.clauses);
    readings.push(...line.readings);
  }
  return { text: lines.map(({ text }) => text).join('\n'), clauses, readings };
}

/** Nothing but the sign that says STOP, held down or with an exclamation mark. */
const STOP_SIGN = /^(?:🛑[\ufe0f\s.!]{0,9}){1,40}$/u;

/** "Liked “Reply STOP to end”": a telephone tells what was tapped. */
const REACTION =
  /^(?:(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted|removed an?|gefällt|a aimé|le gustó)\s.{0,60}?|\P{L}{1,12} to )["“„«]/iu;

const asksToStop = (whole: Understood): boolean => isWholeWish(whole) || isFirmWish(whole);

/** More than the lines of a wish hold that was broken into them. */
const LONGEST_BROKEN = 640;

/** "opt" and "out" may stand on two lines. */
function isBroken(lines: readonly string[], read: LineReader): boolean {
  const joined = lines.join(' ');
  return lines.length > 1 && joined.length <= LONGEST_BROKEN && isWholeWish(together(read([joined])));
}

function isWholeWish(whole: Understood): boolean {
  const { readings } = whole;
  const most = Math.max(-1, ...readings.map(({ says }) => says ?? -1));
  if (most < SAYS.short) return false;
  if (readings.every(({ isBare }) => isBare)) return true;
  // "Stop now?" may ask what to do.
  if (QUESTION.test(whole.text) && most === SAYS.word) return false;
  if (readings.every(({ says }) => says !== null && says !== SAYS.short)) return most >= SAYS.word;
  const isOrReason = ({ says, isReason }: ClauseReading) => isReason || (says !== null && says !== SAYS.short);
  return (
    most >= SAYS.wish && readings.every(isOrReason) && !REPORTED.test(wordsOf(whole)) && !QUOTATION.test(whole.text)
  );
}

/** A wish that can be meant in one way only, among others' words: unless these report, quote, joke or make conditions. */
function isFirmWish(whole: Understood): boolean {
  if (QUOTATION.test(whole.text) || !whole.readings.some(({ says }) => says === SAYS.firm)) return false;
  const words = wordsOf(whole);
  return !REPORTED.test(words) && !CONDITION_OR_JEST.test(words);
}

const wordsOf = ({ clauses }: Understood) => ` ${clauses.map(({ words }) => words).join('')}`;

const QUESTION = /[?？؟]\s{0,9}$/u;
const QUOTATION = /["“”„«»]/u;

/** What somebody else has said, or what is to happen if. */
const REPORTED =
  / (?:(?<! (?:i|ive|already|have|just) )(?:said|told|asked|texted|wrote)|says|say|saying|tells|tell|writes|writing|replied|replies|reply|if|unless|whether) /u;

const CONDITION_OR_JEST =
  / (?:until|till|when|whenever|once|after|before|while|lol|haha\S{0,10}|lmao|jk|kidding|joke|joking|instead|except|only|but) /u;

/** A plain wish with a name, a telephone number or the like in the lines below. */
function isSigned(lines: readonly Understood[]): boolean {
  const most = Math.min(3, lines.length - 1);
  for (let count = 1; count <= most; count++) {
    const above = together(lines.slice(0, count));
    const isPlain = above.readings.some(({ says }) => says !== null && says >= SAYS.word);
    if (isPlain && isWholeWish(above) && isSignature(lines.slice(count).map(({ text }) => text))) return true;
  }
  return false;
}

/** "No, cancel": a word that opts out alone, with something beside it that says nothing else. */
const isShortWish = ({ readings }: Understood): boolean =>
  readings.every(({ says }) => says !== null) &&
  readings.some(({ says }) => says === SAYS.short || says === SAYS.doubt);
