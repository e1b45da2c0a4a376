import fc from 'fast-check';
import { forcingCharacters, withStandIns } from '../../../src/domain/text/gsmStandIns';
import { measureText } from '../../../src/domain/text/segments';

const standInOf = (character: string): string | null | undefined => forcingCharacters(character)[0]?.standIn;

describe('A character outside GSM-7 has a stand-in that people take for it', () => {
  test.each([
    ['single quotes, primes and accents on their own', "'", ['’', '‘', '‚', '‹', '›', '′', 'ʼ', '´', '`']],
    ['double quotes', '"', ['“', '”', '„', '«', '»', '″', '＂']],
    ['dashes, hyphens and the minus sign', '-', ['–', '—', '―', '‐', '‑', '−', '－']],
    ['bullets and points in the middle', '-', ['•', '·', '‣', '▪', '▪️', '●']],
    ['stars', '*', ['★', '∗', '✳️']],
    ['blanks of other widths', ' ', ['\u00a0', '\u202f', '\u2009', '\u2003', '\u3000', '\t']],
    ['other line breaks', '\n', ['\u2028', '\u2029', '\v', '\u0085']],
    ['what cannot be seen', '', ['\u200b', '\ufeff', '\u2060', '\u00ad', '\u200e', '\u202a', '\u0002']],
  ])('%s', (_which, standIn, characters) => {
    expect(characters.filter((character) => standInOf(character) !== standIn)).toEqual([]);
  });

  test.each([
    ['…', '...'],
    ['×', 'x'],
    ['÷', '/'],
    ['½', '1/2'],
    ['²', '^2'],
    ['≥', '>='],
    ['→', '->'],
    ['➡️', '->'],
    ['‼️', '!!'],
    ['™', '(TM)'],
    ['™️', '(TM)'],
    ['®', '(R)'],
    ['©', '(C)'],
    ['№', 'No.'],
    ['º', 'o'],
    ['µ', 'u'],
    ['㎏', 'kg'],
    ['㎡', 'm2'],
    ['①', '(1)'],
    ['Ⓜ️', '(M)'],
    ['1️⃣', '1'],
    ['Ⅳ', 'IV'],
    ['₹', 'Rs.'],
    ['₺', 'TL'],
    ['₽', 'RUB'],
    ['¢', 'c'],
    ['￡', '£'],
    ['Ａ', 'A'],
    ['，', ','],
    ['𝐅', 'F'],
    ['ɴ', 'N'],
    ['ﬁ', 'fi'],
    ['∑', 'Σ'],
    ['\u2126', 'Ω'],
  ])('%s is written %s', (character, standIn) => {
    expect(standInOf(character)).toBe(standIn);
  });
});

describe('A letter outside GSM-7 loses what GSM-7 does not have', () => {
  test.each([
    ['in Spanish', 'áíóúÁÍÓÚ', 'aiouAIOU'],
    ['in French', 'çâêîôûëïÿœÀÈÊŒ', 'caeioueiyoeAEEOE'],
    ['in Portuguese', 'ãõâêôç', 'aoaeoc'],
    ['in German, but only the capital sharp s', 'ẞ', 'SS'],
    ['in Polish', 'ąćęłńóśźżŁ', 'acelnoszzL'],
    ['in Czech and Slovak', 'čďěňřšťůžĺŕ', 'cdenrstuzlr'],
    ['in Hungarian', 'őűŐŰ', 'ouOU'],
    ['in Romanian', 'ăâîșțşţ', 'aaistst'],
    ['in Turkish', 'ğışİŞĞ', 'gisISG'],
    ['in Croatian', 'čćđšžĐ', 'ccdszD'],
    ['in Icelandic', 'ðþÐÞý', 'dthDThy'],
    ['in Catalan', 'ŀ', 'l-'],
    ['in Hausa', 'ɓɗƙ', 'bdk'],
    ['in Vietnamese, all of them', 'ếệộươđ', 'eeouod'],
    ['in Greek, capitals only', 'ΑΒΕΖΗΙΚΜΝΟΡΤΥΧΆΏ', 'ABEZHIKMNOPTYXAΩ'],
    ['with accents apart, unless they make a letter that it has', 'e\u0301c\u0327n\u0303o\u0304', 'écño'],
    ['with two accents, which may leave one', 'ǘǻ', 'üå'],
  ])('%s', (_where, text, standIns) => {
    expect(withStandIns(text)).toBe(standIns);
  });
});

describe('A character has no stand-in', () => {
  test.each([
    ['when it is an emoji', '😀'],
    ['when it is an emoji with a skin tone', '👍🏽'],
    ['when it is a sign in the style of an emoji', '❤️'],
    ['when it is a family', '👨‍👩‍👧‍👦'],
    ['when it is a flag', '🇬🇧'],
    ['when it is an ideograph', '日'],
    ['when it is a letter of another script', 'ж'],
    ['when it is an accented letter of another script', 'й'],
    ['when it is a syllable of several signs', 'कि'],
    ['when it is a small Greek letter', 'ά'],
    ['when it would mean the opposite', '≠'],
    ['when it could be read as a digit', '°'],
    ['when it would change a number', '⁵'],
    ['when it is an accent on its own', '\u0301'],
    ['when it is half an emoji', '\ud83d'],
    ['when it is what became of a lost character', '\ufffd'],
    ['when it is longer than any character', `a${'\u0301'.repeat(100_000)}`],
  ])('%s', (_when, character) => {
    expect(forcingCharacters(character)).toEqual([{ character, index: 0, standIn: null }]);
  });
});

test('Each character that forces UCS-2 is named once, where it first occurs', () => {
  expect(forcingCharacters('👨‍👩‍👧 It’s été, e\u0301te\u0301 — it’s “now”. 👨‍👩‍👧\r\n')).toEqual([
    { character: '👨‍👩‍👧', index: 0, standIn: null },
    { character: '’', index: 11, standIn: "'" },
    { character: 'e\u0301', index: 19, standIn: 'é' },
    { character: '—', index: 25, standIn: '-' },
    { character: '“', index: 32, standIn: '"' },
    { character: '”', index: 36, standIn: '"' },
  ]);
});

test.each([
  ['typography', '“Don’t wait…” – 20 % off', '"Don\'t wait..." - 20 % off'],
  ['a half after a number, which stays a half', '1½ hours, ½ price', '1 1/2 hours, 1/2 price'],
  ['digits, which stay together', '０１２3', '0123'],
  ['what they can, next to an emoji, which stays', 'Café\u00a0☕ – déjà vu', 'Café ☕ - déjà vu'],
  ['nothing', 'Price: 5 €\r\n[Ok]', 'Price: 5 €\r\n[Ok]'],
])('The stand-ins replace %s', (_what, text, replaced) => {
  expect(withStandIns(text)).toBe(replaced);
});

test('Every stand-in of the basic multilingual plane is GSM-7', () => {
  const outside: string[] = [];
  for (let unit = 0; unit <= 0xffff; unit++) {
    const standIn = standInOf(String.fromCharCode(unit));
    if (typeof standIn === 'string' && measureText(standIn).encoding !== 'GSM-7') outside.push(standIn);
  }
  expect(outside).toEqual([]);
});

const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 5 }),
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.constantFrom(
        '’',
        '“',
        'ç',
        '½',
        '1',
        ' ',
        '€',
        '\r',
        '\n',
        '\u0301',
        '\u200d',
        '\ufe0f',
        '😀',
        '👍🏽',
        '\ud83d',
      ),
    ),
  )
  .map((parts) => parts.join(''));

test('What is named is in the text where it says, in order, once, and outside GSM-7', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const found = forcingCharacters(text);
      for (const { character, index, standIn } of found) {
        expect(text.startsWith(character, index)).toBe(true);
        expect(measureText(character).encoding).toBe('UCS-2');
        expect(measureText(standIn ?? '').encoding).toBe('GSM-7');
      }
      const indexes = found.map(({ index }) => index);
      expect(indexes).toEqual(indexes.toSorted((a, b) => a - b));
      expect(new Set(found.map(({ character }) => character)).size).toBe(found.length);
    }),
  );
});

test('The text is GSM-7 when nothing is named, and after all that is named was replaced', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const found = forcingCharacters(text);
      expect(found.length === 0).toBe(measureText(text).encoding === 'GSM-7');
      const replaceable = found.every(({ standIn }) => standIn !== null);
      if (replaceable) expect(measureText(withStandIns(text)).encoding).toBe('GSM-7');
      if (found.every(({ standIn }) => standIn === null)) expect(withStandIns(text)).toBe(text);
    }),
    { numRuns: 300 },
  );
});

test('A text is replaced by what readers see as one character, whatever stands beside it', () => {
  const sign = fc.oneof(
    fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    fc.constantFrom(
      '\r',
      '\n',
      '\u200d',
      '👨',
      '🏽',
      '🇩',
      '\u0301',
      '1',
      '½',
      '؀',
      'ำ',
      'ᄀ',
      'ᅡ',
      '’',
      '\ufe0f',
      'क',
      '्',
    ),
  );
  const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
  fc.assert(
    fc.property(fc.array(sign, { maxLength: 12 }), (signs) => {
      const text = signs.join('');
      let expected = '';
      for (const { segment } of graphemes.segment(text)) {
        const standIn = forcingCharacters(segment).length === 0 ? segment : (standInOf(segment) ?? segment);
        expected += standIn !== segment && /^\d+\/\d/.test(standIn) && /\d$/.test(expected) ? ` ${standIn}` : standIn;
      }
      expect(withStandIns(text)).toBe(expected);
    }),
    { numRuns: 1000 },
  );
});
