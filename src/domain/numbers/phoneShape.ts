/**
 * How sure it is, by its looks alone, that a cell is meant as a phone number: for finding the column of the numbers, not for
 * judging them. `sure`: with "+", a calling prefix, "tel:" or as digits of a number's length; `maybe`: digits that may as well
 * be a customer's number; `no`: anything else.
 */
export type PhoneShape = 'sure' | 'maybe' | 'no';

const LONGEST = 48;
/** What writers put between digits, beside blanks and invisible characters. */
const BETWEEN = /[\s().\-/+\u00ad\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2060-\u2069\ufeff\u00a0]/g;
const AROUND =
  /^[\s'"=\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+|[\s'"\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+$/g;
const DATE = /^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}$/;
const DECIMAL = /^\d+\.\d+$/;
const ADDRESS = /^\d{1,3}(\.\d{1,3}){3}$/;
/** As Excel shows long numbers. */
const SHORTENED = /^\d([.,]\d{1,14})?E\+?\d{1,2}$/i;

export function phoneShapeOf(cell: string): PhoneShape {
  if (cell.length > LONGEST || !/\p{Nd}/u.test(cell)) return 'no';
  const text = cell
    .replace(AROUND, '')
    .replace(/^(tel|phone|sms|callto|whatsapp):/i, '+')
    .normalize('NFKC');
  if (SHORTENED.test(text)) return 'sure';
  const extension = text.replace(/\s*(ext\.?|x|#)\s*\d{1,6}$/i, '');
  const digits = extension.replace(BETWEEN, '');
  if (!/^\p{Nd}{1,20}$/u.test(digits)) return 'no';
  if (text.startsWith('+') || /^\(?00[1-9]/.test(text)) return 'sure';
  if (digits.length < 7 || digits.length > 15 || DATE.test(text) || DECIMAL.test(text) || ADDRESS.test(text))
    return 'no';
  const isWrittenAsNumber = text.startsWith('0') || text.startsWith('(');
  return digits.length >= 10 || isWrittenAsNumber ? 'sure' : 'maybe';
}

/** What people write where they have no number. */
const PLACEHOLDERS: ReadonlySet<string> = new Set(
  `na none null nil nan unknown unbekannt keine kein leer empty missing pending private privat withheld anonymous anonym
   tbd tba inconnu aucun aucune vide ninguno ninguna desconocido sconosciuto nessuno geen onbekend brak nieznany нет
   nophone nonumber nomobile keinenummer ka refused declined deleted invalid x xx xxx false true undefined`.split(
    /\s+/,
  ),
);

/** Nothing, or one of the words that stand for it. */
export function isPlaceholder(cell: string): boolean {
  const letters = cell.toLowerCase().replace(/[^\p{L}\p{Nd}]/gu, '');
  return letters === '' || PLACEHOLDERS.has(letters);
}
