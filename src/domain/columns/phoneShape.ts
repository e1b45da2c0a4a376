import { EXTENSION, isShortened, SEPARATORS, tidied } from '../numbers/looseNumber';

/**
 * How sure it is, by its looks alone, that a cell is meant as a phone number: for finding the column of the numbers, not for
 * judging them. `sure`: with "+", a calling prefix, "tel:" or as digits of a number's length; `maybe`: digits that may as well
 * be a customer's number; `no`: anything else.
 */
export type PhoneShape = 'sure' | 'maybe' | 'no';

const LONGEST = 48;
const DATE = /^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}$/;
const AMOUNT = /^\d+[.,](?:\d*[1-9]\d*|00+)$/;
const ADDRESS = /^\d{1,3}(\.\d{1,3}){3}$/;

export function phoneShapeOf(cell: string): PhoneShape {
  if (cell.length > LONGEST || !/\p{Nd}/u.test(cell) || AMOUNT.test(cell.trim())) return 'no';
  const text = tidied(cell);
  if (isShortened(text)) return 'sure';
  const digits = text.replace(EXTENSION, (found) => found.charAt(0)).replace(SEPARATORS, '');
  if (!/^\+?\d{1,20}$/.test(digits)) return 'no';
  if (digits.startsWith('+') || /^00[1-9]/.test(digits)) return 'sure';
  if (digits.length < 7 || digits.length > 15 || DATE.test(text) || ADDRESS.test(text)) return 'no';
  return digits.length >= 10 || /^[0(]/.test(text) ? 'sure' : 'maybe';
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
