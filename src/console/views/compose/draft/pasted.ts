/** A line of letters above numbers is a table's head. */
export const isTable = (text: string): boolean => /\p{L}{2}/u.test(text.trimStart().split('\n', 1)[0] ?? '');

/** The numbers between line ends, commas and semicolons, as they were written. */
export const numbersIn = (text: string): string[] =>
  text
    .split(/[\n,;\t]+/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

/** A pasted table goes the way of a file, so that it is read alike. */
export const asFile = (text: string): File => new File([text], 'pasted.csv', { type: 'text/csv' });
