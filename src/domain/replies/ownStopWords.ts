import { bareKeyword } from './keywords';
import { asCompared } from '../wording/vocabulary';

const LONGEST = 40;
const MOST_WORDS = 5;

/** Why a word of one's own cannot opt people out; null where it can. */
export function faultOfOptOutWord(word: string): string | null {
  const compared = asCompared(word);
  if (compared === '') return 'has no letter and no digit';
  if (word.length > LONGEST || compared.trim().split(' ').length > MOST_WORDS)
    return `is longer than ${LONGEST} characters or ${MOST_WORDS} words`;
  return bareKeyword(word) === null ? null : 'means something else already';
}
