import { savedNameProblem } from '../../../src/domain/audience/savedName';

describe('The name of a saved list or template', () => {
  it.each(['vip', 'VIP customers 2030', 'Stammkundschaft – Köln', '顧客', 'a.b', '...', 'x'.repeat(100)])(
    'may be %s',
    (name) => {
      expect(savedNameProblem(name)).toBeNull();
    },
  );

  it.each<[unknown, RegExp]>([
    ['', /empty/],
    ['  ', /empty/],
    [' vip', /begin or end/],
    ['x'.repeat(101), /100 characters/],
    ['a/b', /slash/],
    ['a,b', /comma/],
    ['.', /folders/],
    ['..', /folders/],
    ['a\nb', /control/],
    ['\ud800', /lost/],
    ['\ufffd', /lost/],
    [7, /string/],
    [undefined, /string/],
  ])('may not be %j', (name, problem) => {
    expect(savedNameProblem(name)).toMatch(problem);
  });
});
