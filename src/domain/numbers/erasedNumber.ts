const PREFIX = 'erased:';

/** What stands in the place of an erased person's number: it says where they stood, and no two of a broadcast have the same. */
export const erasedNumber = (batch: number, position: number): string => `${PREFIX}${batch}:${position}`;

/** Whether it stands in the place of a number. Nobody is texted at it. */
export const isErased = (number: string): boolean => number.startsWith(PREFIX);

/** As a pattern of SQL's LIKE. */
export const LIKE_ERASED = `${PREFIX}%`;

/** The people of a batch with what stands in the place of those who are to be erased; null: of all who still have a number. */
export const erasedAmong = (batch: number, people: readonly string[], whom: ReadonlySet<string> | null): string[] =>
  people.map((number, position) =>
    !isErased(number) && (whom?.has(number) ?? true) ? erasedNumber(batch, position) : number,
  );

/** A text without the numbers, in whatever spelling of theirs; one number is never a part of another. */
export function withoutNumbers(text: string, numbers: readonly string[]): string {
  const digits = numbers.map((number) => number.replace(/^\+/, ''));
  return text.replace(new RegExp(`(?<![0-9])\\+?(?:${digits.join('|')})(?![0-9])`, 'g'), 'erased');
}
