import { exitCodeOf, type Check, type CheckState } from './check';

const MARKS: Readonly<Record<CheckState, string>> = { green: '✓', red: '✗', unknown: '?', skipped: '–' };
/** ANSI; what is skipped has none. */
const COLOURS: Readonly<Record<CheckState, string>> = { green: '32', red: '31', unknown: '33', skipped: '0' };

/** One line each, and one that sums up. */
export function linesOf(checks: readonly Check[], { hasColours }: { readonly hasColours: boolean }): string[] {
  const mark = (state: CheckState) => (hasColours ? `\u001b[${COLOURS[state]}m${MARKS[state]}\u001b[0m` : MARKS[state]);
  const lines = checks.map(
    ({ name, state, said, remedy }) => `${mark(state)} ${name}: ${said}${remedy === null ? '' : ` → ${remedy}`}`,
  );
  return [...lines, sumOf(checks)];
}

function sumOf(checks: readonly Check[]): string {
  const count = (wanted: CheckState) => checks.filter(({ state }) => state === wanted).length;
  const [faults, unasked, skipped] = [count('red'), count('unknown'), count('skipped')];
  if (faults + unasked === 0)
    return skipped === 0 ? 'Sending will work.' : `Nothing to mend; of ${skipped} nobody could be asked (–).`;
  return [...(faults === 0 ? [] : [`${faults} to mend`]), ...(unasked === 0 ? [] : [`${unasked} could not be asked`])]
    .join(', ')
    .concat('.');
}

/** The same for programs. */
export const jsonOf = (checks: readonly Check[]): string =>
  JSON.stringify({ exitCode: exitCodeOf(checks), checks }, null, 2);
