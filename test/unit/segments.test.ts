import fc from 'fast-check';
import { SegmentedMessage } from 'sms-segments-calculator';
import { measureText, textProblem } from '../../src/domain/segments';

const digits = (count: number): string => '1234567890'.repeat(200).slice(0, count);
const family = '👨‍👩‍👧‍👦';

describe('A text takes as many segments as it is billed for', () => {
  test.each([
    ['empty', '', 'GSM-7', 0, 1],
    ['just fits one', digits(160), 'GSM-7', 160, 1],
    ['one character more', digits(161), 'GSM-7', 161, 2],
    ['just fits two', digits(306), 'GSM-7', 306, 2],
    ['one more again', digits(307), 'GSM-7', 307, 3],
    ['a bracket counts twice and still fits', `{${digits(158)}`, 'GSM-7', 160, 1],
    ['a bracket counts twice and no longer fits', `{${digits(159)}`, 'GSM-7', 161, 2],
    ['euro sign and line breaks', 'Price:\r\n5 €\f', 'GSM-7', 14, 1],
    ['a bracket on the border goes into the next segment whole', `${digits(152)}{${digits(152)}`, 'GSM-7', 306, 3],
    ['accented letters of GSM-7', 'àéèùìòÇñÑäöüÄÖÜßåÅæÆøØ', 'GSM-7', 22, 1],
    ['an accented letter outside GSM-7', 'ç', 'UCS-2', 1, 1],
    ['a typographic apostrophe', 'Don’t', 'UCS-2', 5, 1],
    ['a backtick', '`', 'UCS-2', 1, 1],
    ['an escape character', '\x1b', 'UCS-2', 1, 1],
    ['an emoji just fits one', `😜${digits(68)}`, 'UCS-2', 70, 1],
    ['an emoji and one more', `😜${digits(69)}`, 'UCS-2', 71, 2],
    ['an emoji just fits two', `😜${digits(132)}`, 'UCS-2', 134, 2],
    ['an emoji needs a third', `😜${digits(133)}`, 'UCS-2', 135, 3],
    ['an emoji on the border goes into the next segment whole', `${digits(66)}😜${digits(66)}`, 'UCS-2', 134, 3],
    ['a bracket counts once in UCS-2', '{’', 'UCS-2', 2, 1],
  ])('%s', (_case, text, encoding, characters, segments) => {
    expect(measureText(text)).toEqual({ encoding, characters, segments });
    const published = new SegmentedMessage(text);
    expect({ encoding: published.encodingName, segments: published.segmentsCount }).toEqual({ encoding, segments });
  });

  test('A family emoji may be split, as networks do, where the published calculator keeps it whole', () => {
    const text = `${digits(59)}${family}${digits(64)}`;
    expect(measureText(text)).toEqual({ encoding: 'UCS-2', characters: 134, segments: 2 });
    expect(new SegmentedMessage(text).segmentsCount).toBe(3);
  });
});

test('Every letter and sign below U+3000 is in GSM-7 for us where it is for the published calculator', () => {
  const differing: number[] = [];
  for (let unit = 0; unit < 0x3000; unit++) {
    const text = String.fromCharCode(unit);
    if (measureText(text).encoding !== new SegmentedMessage(text).encodingName) differing.push(unit);
  }
  expect(differing).toEqual([]);
});

const plain = Array.from('abc XYZ 019 @£$é\r\n{}[]^~|\\€');
const special = Array.from('’ç“—日本語ж😜🚀𝒳');
const mixedText = (alphabet: string[]) =>
  fc.array(fc.constantFrom(...alphabet), { maxLength: 500, size: 'max' }).map((parts) => parts.join(''));

test.each([
  ['GSM-7 text', plain],
  ['text with emoji and other scripts', [...plain, ...special]],
])('Any %s is measured as the published calculator does', (_kind, alphabet) => {
  fc.assert(
    fc.property(mixedText(alphabet), (text) => {
      const published = new SegmentedMessage(text);
      expect(measureText(text)).toMatchObject({
        encoding: published.encodingName,
        segments: published.segmentsCount,
      });
    }),
  );
});

test('With composed characters the encoding is the same and the segments are never more', () => {
  fc.assert(
    fc.property(mixedText([...plain, ...special, 'e\u0301', family, '🇬🇧']), (text) => {
      const published = new SegmentedMessage(text);
      const { encoding, characters, segments } = measureText(text);
      expect(encoding).toBe(published.encodingName);
      expect(segments).toBeLessThanOrEqual(published.segmentsCount);
      if (encoding === 'UCS-2') expect(characters).toBe(text.length);
    }),
  );
});

describe('A text that cannot be sent is refused, with what to change', () => {
  const euros = 'where ^ { } [ ] ~ | \\ and the euro sign count as two';
  test.each([
    ['empty', '', 'must not be empty'],
    ['blank', ' \n\u00a0\t', 'must not be empty'],
    ['a null character', 'Hi\0', 'has a null character at index 2; remove it'],
    [
      'half an emoji, first half',
      '😜 \ud83d!',
      'has an unpaired surrogate, half a character, at index 3; remove or complete it',
    ],
    [
      'half an emoji, second half',
      '\ude1c',
      'has an unpaired surrogate, half a character, at index 0; remove or complete it',
    ],
    [
      '1,601 characters',
      digits(1601),
      'is too long: 1601 characters, of which at most 1600 can be sent, or 737 if any is outside GSM-7',
    ],
    [
      'ten million characters',
      ' '.repeat(10_000_000),
      'is too long: 10000000 characters, of which at most 1600 can be sent, or 737 if any is outside GSM-7',
    ],
    [
      'too long by its euro signs',
      `${digits(1598)}€€`,
      `is too long: 1602 characters, of which at most 1600 can be sent, ${euros}`,
    ],
    [
      '738 characters with one outside GSM-7',
      `ab’${digits(735)}`,
      'is too long: 738 characters, of which at most 737 can be sent, as the character at index 2 is outside GSM-7; shorten the text or replace all such characters',
    ],
  ])('%s', (_case, text, problem) => {
    expect(textProblem(text)).toBe(problem);
  });

  test.each([
    ['one letter', 'a'],
    ['1,600 characters of GSM-7', digits(1600)],
    ['800 euro signs', '€'.repeat(800)],
    ['737 characters with one outside GSM-7', `’${digits(736)}`],
    ['an emoji', ' 😜 '],
  ])('but not %s', (_case, text) => {
    expect(textProblem(text)).toBeNull();
  });
});
