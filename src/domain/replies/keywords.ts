/** What a reply is taken for; kept with the text. */
export type Keyword = 'optOut' | 'optIn' | 'help';

/** English only, and spelt exactly so: it brings texts back to somebody who had ended them. */
const OPT_IN: ReadonlySet<string> = new Set([
  'start',
  'unstop',
  'resume',
  'subscribe',
  'resubscribe',
  'optin',
  'opt in',
]);

const HELP: ReadonlySet<string> = new Set(['help', 'info', 'ayuda', 'aide', 'hilfe', 'ajuda']);

/** Much punctuation around a word, but no long text that would be taken apart to find that it is more than one. */
const LONGEST = 500;

/**
 * What a text asks for when it is one of these words and nothing else, whatever punctuation and emoji are around it. `yes`
 * may be an answer to anything.
 */
export function bareKeyword(text: string): 'optIn' | 'yes' | 'help' | null {
  if (text.length > LONGEST) return null;
  const spelt = spelling(text);
  // With its accents: "Résumé" is a document.
  if (OPT_IN.has(spelt)) return 'optIn';
  if (spelt === 'yes') return 'yes';
  return HELP.has(spelt.replace(/\p{M}/gu, '').replaceAll('ı', 'i')) ? 'help' : null;
}

/** The letters and digits of a text, accents decomposed, words separated by one blank. */
function spelling(text: string): string {
  const words = text
    .replace(/[0-9#*]\ufe0f?\u20e3|\p{Extended_Pictographic}/gu, ' ')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .normalize('NFKD')
    .toLowerCase()
    .match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu);
  return (words ?? []).join(' ');
}
