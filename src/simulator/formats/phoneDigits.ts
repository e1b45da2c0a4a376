/** What Plivo strips from numbers: `/ - . + ( )` and blanks (https://www.plivo.com/docs/messaging/api/message/send-a-message). */
export function stripNumber(number: string): string {
  return number.replace(/[/\-.+()\s]/g, '');
}

/** Plivo takes at most 14 digits; the lower bound of 5 is ours, as Plivo names none. */
export function isPhoneNumber(stripped: string): boolean {
  return /^[1-9]\d{4,13}$/.test(stripped);
}

/** A set over a list in the settings, rebuilt when the list was replaced or grew. */
export function createNumberLookup(list: () => readonly string[]): (digits: string) => boolean {
  let source: readonly string[] | undefined;
  let length = -1;
  let known = new Set<string>();
  return (digits) => {
    const current = list();
    if (current !== source || current.length !== length) {
      source = current;
      length = current.length;
      known = new Set(current.map(stripNumber));
    }
    return known.has(digits);
  };
}
