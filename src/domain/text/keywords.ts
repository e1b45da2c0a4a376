export type Keyword = 'optOut' | 'optIn' | 'help';

/** More than an SMS can hold, and short enough for any text to be read in about a millisecond. */
const LONGEST = 1600;

/**
 * Lower case, without accents, a blank for every hyphen. First the words that 47 CFR 64.1200(a)(10) names, then those
 * that carriers and providers take as well, then their like in four more languages. Only what means little else when
 * it is a whole message: whoever is silenced by mistake does not learn of it.
 */
const OPT_OUT = [
  ['stop', 'quit', 'end', 'revoke', 'optout', 'opt out', 'cancel', 'unsubscribe'],
  ['stopall', 'stop all', 'unsub', 'un subscribe', 'remove'],
  // Spanish
  ['alto', 'parar', 'pare', 'baja', 'dar de baja', 'darme de baja', 'cancelar', 'cancela', 'cancele', 'anular'],
  ['detener', 'detenga', 'salir', 'desuscribir', 'desuscribirme', 'desuscribirse'],
  // French
  ['arret', 'arreter', 'arrete', 'arretez', 'desabonner', 'desabonnez', 'desabonnement'],
  ['desinscrire', 'desinscription', 'resilier', 'resiliation', 'annuler'],
  // Portuguese
  ['sair', 'descadastrar', 'descadastre', 'descadastro', 'desinscrever', 'remover'],
  // German
  ['stopp', 'stoppen', 'abmelden', 'abmeldung', 'abbestellen', 'abbestellung', 'ende', 'beenden', 'austragen'],
  ['widerruf', 'widerrufen', 'kundigen', 'kuendigen', 'kundigung', 'kuendigung'],
].flat();

/** May stand before, between and after the words that opt out, and nowhere else. */
const POLITE = 'please|pls|plz|por favor|porfavor|s il vous plait|s il te plait|svp|stp|bitte';

/** English only, and spelt exactly so: it brings texts back to somebody who had ended them. */
const OPT_IN = new Set(['start', 'unstop', 'yes', 'resume']);

const HELP = new Set(['help', 'info', 'ayuda', 'aide', 'hilfe', 'ajuda']);

/** One word to opt out, as often as its sender was angry: "stop stop", "please stop", "STOP. Please, STOP." */
const OPTS_OUT = new RegExp(`^(?:(?:${POLITE}) )*(${OPT_OUT.join('|')})(?: (?:\\1|${POLITE}))*$`);

/**
 * What a text asks for when a keyword is the whole of it, else null: "Please stop by tomorrow" is conversation.
 *
 * Case, accents, fullwidth and other styled letters, punctuation, emoji and invisible characters make no difference,
 * wherever they are, except that they separate words: "Opt-out!" is two words, and both of them belong to one keyword.
 */
export function keywordOf(text: string): Keyword | null {
  const trimmed = text.trim();
  if (trimmed.length > LONGEST) return null;
  const spelt = wordsOf(trimmed);
  // Before accents go: "Résumé" is a document.
  if (OPT_IN.has(spelt)) return 'optIn';
  const plain = spelt.replace(/\p{M}/gu, '').replaceAll('ı', 'i');
  if (HELP.has(plain)) return 'help';
  return OPTS_OUT.test(plain) ? 'optOut' : null;
}

/** The letters and digits of a text, accents decomposed, words separated by one blank. */
function wordsOf(text: string): string {
  const words = text
    // Some emoji are made of a letter or digit and would be read as such: "1️⃣", "ℹ️".
    .replace(/[0-9#*]\ufe0f?\u20e3|\p{Extended_Pictographic}/gu, ' ')
    // Zero-width blanks and joiners, soft hyphens, variation selectors, text direction.
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .normalize('NFKD')
    // Not by any locale: in Turkish, "UNSUBSCRIBE" has no "i".
    .toLowerCase()
    .match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu);
  return (words ?? []).join(' ');
}
