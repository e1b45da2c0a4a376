import fc from 'fast-check';
import { guarded, isFormula, unguarded } from '../../../src/domain/columns/csvFormula';

describe('A cell that a spreadsheet might run', () => {
  it.each([
    ['=1+1', true],
    ['@sum', true],
    ['-5', true],
    [' =1', true],
    ['+SUM(A1)', true],
    ['＝1+1', true],
    ['＠SUM(A1)', true],
    ['＋1', true],
    ['－1', true],
    ['+1 (415) 555-0101', false],
    ["'=1", false],
    ['Ann', false],
    ['', false],
  ])('%s: %s', (text, runs) => {
    expect(isFormula(text)).toBe(runs);
  });

  it('comes back from a file as it was, quoted or not', () => {
    const asWritten = (value: string) => {
      const cell = guarded(value);
      return isFormula(cell) ? `'${cell}` : cell;
    };
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', 'a', '1', ' ') }), (value) => {
        expect(unguarded(asWritten(value))).toBe(value);
        expect(isFormula(asWritten(value))).toBe(false);
      }),
    );
  });
});
