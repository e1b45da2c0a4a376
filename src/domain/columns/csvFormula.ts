/**
 * A leading =, @, -, + or tab could be run as a formula by a spreadsheet, in their full width too (OWASP, CSV injection); a leading
 * + before a number is no danger.
 */
export const isFormula = (text: string): boolean =>
  /^\s*[=@\t\r＝＠＋－-]/.test(text) || /^\s*\+(?![\d\s().-]{1,40}$)/.test(text);

/** A value on its way into a file, where one that looks guarded already must come back as it is. */
export const guarded = (value: string): string => (isGuarded(value) ? `'${value}` : value);

/** Takes away the quote that keeps a spreadsheet from running a cell, as we and others write it. */
export const unguarded = (cell: string): string => (isGuarded(cell) ? cell.slice(1) : cell);

function isGuarded(cell: string): boolean {
  if (!cell.startsWith("'")) return false;
  let quotes = 1;
  while (cell[quotes] === "'") quotes++;
  return isFormula(cell.slice(quotes));
}
