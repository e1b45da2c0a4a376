const LONGEST = 100;

/**
 * What is wrong with the name of a saved list or template and what to change, worded to follow the name's place; null for
 * nothing. A slash would end a segment of a path, and a comma separates several names in a query string or form.
 */
export function savedNameProblem(name: unknown): string | null {
  if (typeof name !== 'string') return 'must be a string';
  const composed = name.slice(0, 4 * LONGEST + 1).normalize('NFC');
  if (composed.trim() === '') return 'must not be empty';
  if (composed.length > LONGEST) return `must be at most ${LONGEST} characters long`;
  if (composed !== composed.trim()) return 'must not begin or end with a blank';
  if (/[\p{Cc}\p{Cs}\ufffd]/u.test(composed)) return 'must not hold control characters or characters that were lost';
  if (/[/,]/.test(composed)) return 'must not hold a slash or a comma';
  return composed === '.' || composed === '..' ? 'must not be "." or "..", which paths take for folders' : null;
}
