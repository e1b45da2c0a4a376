import { findDelimiter, findNumberColumn } from '../../../src/domain/numbers/numberColumn';

describe('The first record tells where the numbers are', () => {
  test.each([
    ['a number alone', ['+14155550100'], 0, false],
    ['a number with other cells', ['+14155550100', 'Jane', 'Leeds'], 0, false],
    ['a faulty number, which is no header', ['0171 / 23x'], 0, false],
    ['digits that are not ASCII', ['٠١٧١'], 0, false],
    ['a name alone', ['recipient'], 0, true],
    ['a name in another column', ['id', 'phone', 'city'], 1, true],
    ['a name in other letters', [' PhOnE '], 0, true],
    ['a name beside something with digits', ['2024', 'To'], 1, true],
    ['several names: recipient before number', ['number', 'recipient'], 1, true],
    ['several names: number before phone', ['phone', 'number'], 1, true],
    ['several names: phone before to', ['to', 'phone'], 1, true],
    ['the same name twice: the first', ['phone', 'phone'], 0, true],
    ['a word that only holds a name', ['Leeds', 'phones'], 0, true],
    ['unknown names', ['mobile', 'name'], 0, true],
    ['no name in the first cell', ['', 'Jane'], 0, true],
    ['no cell at all', [], 0, true],
  ])('%s', (_case, cells, column, hasHeader) => {
    expect(findNumberColumn(cells)).toEqual({ column, hasHeader });
  });
});

describe('The first record tells what stands between cells', () => {
  test.each([
    ['one cell', '+14155550100', ','],
    ['commas', 'name,phone', ','],
    ['semicolons', 'name;phone', ';'],
    ['tabs', 'name\tphone', '\t'],
    ['a comma before all others', 'name;phone,city\tstreet', ','],
    ['a semicolon before a tab', 'name;phone\tcity', ';'],
    ['a comma inside quotes, which is text', '"Doe, Jane";"+14155550100"', ';'],
    ['a doubled quote inside quotes', '"say ""Hi, you""";phone', ';'],
  ])('%s', (_case, record, delimiter) => {
    expect(findDelimiter(record)).toBe(delimiter);
  });
});
