import { clausesOf } from './clauses';
import { ASIDES, POLITE } from './courtesies';
import { DOUBTS } from './doubtfulPhrases';
import { knownWords, type KnownWords } from './letters';
import { onFirstUse } from '../onFirstUse';
import { phraseBook, type PhraseBook } from './phraseBook';
import { PLAIN_STOP_WORDS, SHORT_STOP_WORDS } from './stopWords';
import { UNSPACED_WISHES } from './unspacedWishes';

/** How much a few words say, the weakest first. */
export const SAYS = { nothing: 0, aside: 1, doubt: 2, short: 3, word: 4, wish: 5, firm: 6 } as const;
export type Says = (typeof SAYS)[keyof typeof SAYS];

export type Vocabulary = {
  /** What a few words say that are known as a whole. */
  readonly says: PhraseBook<Says>;
  /** Those that are read out of odd spellings. */
  readonly words: KnownWords;
};

const NO_WORDS = knownWords(new Set());

/** As replies are compared, each word followed by a blank. Empty where there is no letter or digit. */
export const asCompared = (phrase: string): string =>
  clausesOf(phrase, NO_WORDS)
    .map(({ words }) => words)
    .join('');

/** Alone, "annoying" says something; beside "stop" it may be any adjective. */
const isReason = (phrase: string) => phrase.split(' ').length > 1 || ['spam', 'scam', 'harassment'].includes(phrase);

/** Words that are read out of odd spellings, beside those of the vocabulary. */
const OFTEN =
  'me my us text texts texting txt message messages messaging sms send sending receive number list off out from your this these do not dont want more ' +
  'no any remove delete take opt unsubscribe again anymore contact';

/** `further` are words of one's own that opt out; what is built in says more. */
export function vocabularyOf(further: readonly string[]): Vocabulary {
  if (further.length === 0) return builtIn();
  const says = new Map(builtIn().says.meanings);
  for (const phrase of further.map(asCompared))
    if ((says.get(phrase) ?? SAYS.nothing) < SAYS.short) says.set(phrase, SAYS.short);
  return vocabulary(says);
}

const builtIn = onFirstUse(() => {
  const says = new Map<string, Says>();
  const add = (phrases: readonly string[], what: Says) => {
    for (const phrase of phrases) says.set(asCompared(phrase), what);
  };
  add(ASIDES, SAYS.aside);
  add(DOUBTS.filter(isReason), SAYS.doubt);
  add(POLITE, SAYS.nothing);
  add(SHORT_STOP_WORDS, SAYS.short);
  add(PLAIN_STOP_WORDS, SAYS.word);
  add(UNSPACED_WISHES, SAYS.word);
  says.delete('');
  return vocabulary(says);
});

function vocabulary(says: ReadonlyMap<string, Says>): Vocabulary {
  const phrases = [...says.keys()];
  const words = new Set(phrases.flatMap((phrase) => phrase.trim().split(' ')).concat(OFTEN.split(' ')));
  return { says: phraseBook(says), words: knownWords(words) };
}
