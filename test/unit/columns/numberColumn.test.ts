import { findDelimiter } from '../../../src/domain/columns/delimiter';
import { findNumberColumn } from '../../../src/domain/columns/numberColumn';

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
  ])('%s', (_case, cells, column, hasHeader) => {
    expect(findNumberColumn([cells], { column: null, purpose: 'recipients' })).toMatchObject({ column, hasHeader });
  });
});

describe('The first record tells what stands between cells', () => {
  test.each([
    ['one cell', '+14155550100', ','],
    ['commas', 'name,phone', ','],
    ['semicolons', 'name;phone', ';'],
    ['tabs', 'name\tphone', '\t'],
    ['a comma before all others', 'x;y,z\tv', ','],
    ['what makes a known name of a cell before that', 'name;phone,city\tstreet', ';'],
    ['a semicolon before a tab', 'name;phone\tcity', ';'],
    ['a comma inside quotes, which is text', '"Doe, Jane";"+14155550100"', ';'],
    ['a doubled quote inside quotes', '"say ""Hi, you""";phone', ';'],
  ])('%s', (_case, record, delimiter) => {
    expect(findDelimiter([record])).toBe(delimiter);
  });
});

type Rows = string[][];
const A = '+14155550101';
const B = '+447700900101';
const choose = (rows: Rows, column: string | null = null, purpose: 'recipients' | 'optOuts' = 'recipients') =>
  findNumberColumn(rows, { column, purpose });

describe('The column of the numbers is found by its name, in the words of many programs and languages', () => {
  test.each(
    `recipient|number|phone|to|Phone|PHONE NUMBER|phone_number|PhoneNumber|mobilePhone|Mobile|Mobile Phone|Mobile No.|Cell|Cell Phone|
     Tel|Tel.|Telefon|Handy|Handy-Nr.|msisdn|MSISDN|recipients|Phone 1 - Value|"Phone"|Mobile Phone Number|Primary Phone|
     SMS Phone Number|Business Phone|Telefonnummer|Rufnummer|Mobiltelefon|Téléphone|Téléphone portable|Portable|Móvil|Teléfono|
     Celular|Telemóvel|Cellulare|Número de teléfono|Numéro de téléphone|Telefoon|Telefoonnummer|GSM|Numer telefonu|Телефон|
     Номер телефона|WhatsApp|WhatsApp Number|手机号码|電話番号|전화번호|Cep Telefonu|Puhelinnumero|Telefon (geschäftlich)|Nº de teléfono`
      .split('|')
      .map((name) => name.trim()),
  )('%s', (name) => {
    const other = [`Customer ID`, '4155550199'];
    expect(
      choose([
        [other[0]!, name, 'City'],
        [other[1]!, A, 'Leeds'],
      ]),
    ).toMatchObject({ column: 1, hasHeader: true, name });
  });

  test.each(['Fax', 'Business Fax', 'Faxnummer', 'Télécopie', 'Phone 1 - Type', 'Order Number', 'Phone Verified At'])(
    'but not where it says something else: %s',
    (name) => {
      const rows = [
        [name, 'Mobile'],
        [B, A],
      ];
      expect(choose(rows)).toMatchObject({ column: 1 });
    },
  );
});

describe('Where the name says nothing, what is in the column decides', () => {
  test.each<[string, Rows, number, boolean]>([
    [
      'unknown names',
      [
        ['Kontakt', 'Ort'],
        [A, 'Leeds'],
        [B, 'York'],
      ],
      0,
      true,
    ],
    [
      'no header',
      [
        ['Ann', A],
        ['Bob', B],
      ],
      1,
      false,
    ],
    [
      'a word for none in the first row',
      [
        ['Ann', 'n/a'],
        ['Bob', B],
        ['Cid', A],
      ],
      1,
      false,
    ],
    [
      'numbers of customers beside them',
      [
        ['1234567', A],
        ['1234568', B],
      ],
      1,
      false,
    ],
    [
      'dates beside them',
      [
        ['2024-01-31', A],
        ['2024-02-01', B],
      ],
      1,
      false,
    ],
    [
      'the only one of several named ones that has any',
      [
        ['Home Phone', 'Mobile'],
        ['', A],
        ['', B],
      ],
      1,
      true,
    ],
    [
      'one of ours, to the letter, before others',
      [
        ['Mobile', 'phone'],
        [A, B],
      ],
      1,
      true,
    ],
  ])('%s', (_case, rows, column, hasHeader) => {
    expect(choose(rows)).toMatchObject({ column, hasHeader });
  });
});

describe('Above the names of the columns may stand what is none', () => {
  const NAMES = ['Name', 'Phone'];
  test.each<[string, Rows, number]>([
    ['a title', [['Contacts, March 2026'], NAMES, ['Ann', A]], 1],
    ['remarks', [['# exported by ACME'], ['# 2026-03-01', ''], NAMES, ['Ann', A]], 2],
    ['nothing', [NAMES, ['Ann', A]], 0],
    [
      'somebody without a number, whose kind of number is named',
      [
        ['Zed', '', ''],
        ['Ann', 'Mobile', A],
      ],
      0,
    ],
    ['somebody’s number', [[A], NAMES, ['Ann', B]], 0],
    ['a word for no number', [['n/a'], ['phone'], [A]], 0],
    ['more than one cell', [['Zed', 'York'], NAMES, ['Ann', A]], 0],
  ])('%s', (_case, rows, titles) => {
    expect(choose(rows)).toMatchObject({ titles });
  });

  test('also where its name is unknown, and the caller says it', () => {
    expect(choose([['Contacts'], ['Wer'], [A]], 'Wer')).toMatchObject({ column: 0, name: 'Wer', titles: 1 });
  });

  test('a column without a name is called by its place', () => {
    expect(choose([['Name', ''], ['Ann', A]])).toMatchObject({ column: 1, hasHeader: true, name: null }); // prettier-ignore
  });
});

describe('Rather none than a wrong one: it is refused, with the columns, and the caller chooses', () => {
  test.each<[string, Rows, 'recipients' | 'optOuts', RegExp]>([
    [
      'one name twice',
      [
        ['phone', 'phone'],
        [A, B],
      ],
      'recipients',
      /1 "phone", 2 "phone".*\?column=1,/,
    ],
    [
      'two of ours',
      [
        ['to', 'phone'],
        [A, B],
      ],
      'recipients',
      /1 "to", 2 "phone".*\?column=to or \?column=1/,
    ],
    [
      'two of others',
      [
        ['Name', 'Phone', 'Mobile'],
        ['Ann', A, B],
      ],
      'recipients',
      /2 "Phone", 3 "Mobile"/,
    ],
    [
      'numbers in two columns without names',
      [
        [A, B],
        [B, A],
      ],
      'recipients',
      /1, 2/,
    ],
    ['one line of numbers', [[A, B, A]], 'recipients', /--data-binary/],
    [
      'no numbers at all',
      [
        ['Name', 'City'],
        ['Ann', 'Leeds'],
      ],
      'recipients',
      /1 "Name", 2 "City"/,
    ],
    [
      'a log of texts, for opting out',
      [
        ['From', 'To', 'Text'],
        [A, B, 'Hi'],
      ],
      'optOuts',
      /1 "From", 2 "To"/,
    ],
    [
      'only senders',
      [
        ['From', 'Text'],
        [A, 'Hi'],
      ],
      'recipients',
      /1 "From"/,
    ],
    [
      'only faxes',
      [
        ['Fax', 'Name'],
        [A, 'Ann'],
      ],
      'recipients',
      /1 "Fax"/,
    ],
  ])('%s', (_case, rows, purpose, words) => {
    expect(() => choose(rows, null, purpose)).toThrow(words);
    expect(choose(rows, '1', purpose)).toMatchObject({ column: 0 });
  });

  test('a place is a place, whatever the cells hold', () => {
    expect(choose([['1é', '1', '1']], '1')).toMatchObject({ column: 0, hasHeader: false });
  });

  test('a log of texts goes to whom it says, for a broadcast', () => {
    expect(
      choose([
        ['from', 'to', 'text'],
        [A, B, 'Hi'],
      ]),
    ).toMatchObject({ column: 1 });
  });

  test.each<[string, string, number]>([
    ['by its name', 'mobile', 2],
    ['by its name in other spelling', 'MOBILE ', 2],
    ['by its place', '2', 1],
    ['though it is a fax', 'Fax', 0],
  ])('%s', (_case, wish, column) => {
    expect(
      choose(
        [
          ['Fax', 'Phone', 'Mobile'],
          [A, A, B],
        ],
        wish,
      ),
    ).toMatchObject({ column, hasHeader: true });
  });

  test('and is told the columns where there is none of that name', () => {
    expect(() =>
      choose(
        [
          ['Phone', 'Mobile'],
          [A, B],
        ],
        'Handy',
      ),
    ).toThrow(/no column "Handy".*1 "Phone", 2 "Mobile"/);
    expect(() =>
      choose(
        [
          ['Phone', 'Mobile'],
          [A, B],
        ],
        '3',
      ),
    ).toThrow(/no column "3"/);
  });
});
