import fc from 'fast-check';
import { readMessage } from '../../../src/domain/text/messageText';
import { measureText } from '../../../src/domain/text/segments';

const auto = (text: string) => readMessage(text, 'auto');
const gsm = (text: string) => readMessage(text, 'gsm');

/** Texts of what has tripped others: accents apart, braces, invisible signs, styled letters, halves of emoji. */
const tricky = fc
  .array(
    fc.constantFrom(
      ...['a', 'e', ' ', '\n', '\u0301', '\u0308', '{', '{{', '}}', '\\', '\\{{', '｛', '’', '™', '漢', '½', '\u200b'],
      ...['😀', '👩‍👩‍👧', '\ud83d', '\ufffd', 'ﬁ', 'Å', '\u1100', '\u1161', 'name', '|', '€', '\0', '\u0001'],
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

describe('The reading of a message', () => {
  it.each([
    ['an accent that stands apart', 'Cafe\u0301', 'Café'],
    ['two accents on one letter', 'Vie\u0323\u0302t', 'Việt'],
    ['Hangul in parts', '\u1112\u1161\u11ab', '한'],
    ['a text that is as it should be', 'Doors open at 9.', 'Doors open at 9.'],
    ['braces that are escaped', 'Write \\{{name}} here', 'Write {{name}} here'],
    ['three braces, of which two are escaped', '\\{{{', '{{{'],
    ['a row of braces', '{{{{{{', '{{{{{{'],
    ['single braces', '{name} and }}', '{name} and }}'],
  ])('composes %s', (_what, submitted, sent) => {
    expect(auto(submitted)).toEqual({ text: sent, personal: null, problem: null });
  });

  it.each([
    ['a field that is not closed', 'Hi {{name, welcome', 'not closed'],
    ['an empty field', 'Hi {{}}', 'cannot be read'],
    ['a fallback without a field', 'Hi {{|you}}', 'cannot be read'],
    ['a field in three braces', 'Hi {{{name}}}', 'at index 3'],
    ['a field within a field', 'Hi {{a|{{b}}}}', 'cannot be read'],
    ['an empty field behind an escaped one', '\\{{a}} {{}}', 'at index 7'],
    ['a lost character', 'Caf\ufffd', 'U+FFFD'],
    ['the first half of an emoji', 'Hi \ud83d', 'unpaired surrogate'],
    ['the second half of an emoji', '\ude00', 'unpaired surrogate'],
    ['more than fits', 'x'.repeat(1601), 'too long'],
    ['far more than fits', 'x'.repeat(100_000), 'too long'],
  ])('refuses %s and says why', (_what, submitted, why) => {
    expect(auto(submitted).problem).toContain(why);
    expect(gsm(submitted).problem).toContain(why);
  });

  it.each([
    ['nothing', ''],
    ['blanks', ' \t\n'],
    ['a zero-width blank', '\u200b'],
    ['a byte order mark', '\ufeff'],
    ['a soft hyphen', '\u00ad'],
    ['a no-break space', '\u00a0'],
    ['Hangul fillers', '\u3164\u115f\u1160\uffa0'],
    ['variation selectors', '\ufe0f\ufe0e\u{e0100}'],
    ['marks of direction', '\u200e\u200f\u202a\u202c\u2066'],
    ['joiners', '\u200d\u2060\u034f'],
    ['blank Braille', '\u2800'],
    ['control characters', '\u0001\u001b'],
    ['tags', '\u{e0041}'],
  ])('takes %s for an empty text', (_what, submitted) => {
    expect(auto(submitted).problem).toContain('must not be empty');
    expect(gsm(submitted).problem).toContain('must not be empty');
  });

  it('takes an accent in parts for one character, as the whole text then fits into GSM-7', () => {
    const { text } = auto('e\u0301'.repeat(1600));
    expect(text).toBe('é'.repeat(1600));
    expect(measureText(text ?? '').encoding).toBe('GSM-7');
  });

  it('writes stand-ins only where that is wished', () => {
    const submitted = '“Doors” open – at 9…';
    expect(auto(submitted).text).toBe(submitted);
    expect(gsm(submitted).text).toBe('"Doors" open - at 9...');
  });

  it('leaves what has no stand-in, and such a text is UCS-2', () => {
    const { text } = gsm('“漢”');
    expect(text).toBe('"漢"');
    expect(measureText(text ?? '').encoding).toBe('UCS-2');
  });

  it('refuses a null character where nothing leaves it out', () => {
    expect(auto('Hi\0').problem).toContain('null character');
    expect(gsm('Hi\0').text).toBe('Hi');
  });

  it('finds a field whose braces are stand-ins', () => {
    expect(gsm('Hi ｛｛name｝｝').personal?.fields).toEqual([{ name: 'name', hasFallback: false }]);
  });

  it('measures what the stand-ins make longer', () => {
    expect(gsm('™'.repeat(500)).problem).toContain('too long');
    expect(auto('™'.repeat(500)).problem).toBeNull();
  });

  it('gives a text that is composed, visible, whole and not too long, or a problem', () => {
    fc.assert(
      fc.property(fc.oneof(tricky, fc.string({ unit: 'binary', maxLength: 200 })), fc.boolean(), (submitted, wish) => {
        const { text, personal, problem } = readMessage(submitted, wish ? 'gsm' : 'auto');
        if (personal !== null) return;
        if (text === null) {
          expect(problem).not.toBe('');
          return;
        }
        expect(text.normalize('NFC')).toBe(text);
        expect(text).not.toMatch(/[\ufffd\p{Cs}]/u);
        expect(text.replace(/[\s\p{Default_Ignorable_Code_Point}]/gu, '')).not.toBe('');
        if (/\{\{[^]*\}\}/.test(text)) expect(submitted).toMatch(/[\\＼﹨]/);
      }),
      { numRuns: 500 },
    );
  });

  it('reads a text the same, composed or apart', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }), (submitted) => {
        const [apart, together] = [submitted.normalize('NFD'), submitted.normalize('NFC')].map((text) => {
          const read = auto(text);
          // Where a fault stands is said by what was submitted.
          return { ...read, problem: read.problem?.replace(/index \d+/, 'some index') ?? null };
        });
        expect(apart).toEqual(together);
      }),
      { examples: [['\u00c0\ufffd']] },
    );
  });

  it('reads what it gave once more as the same, where no braces or control characters are in it', () => {
    fc.assert(
      fc.property(
        tricky.filter((submitted) => !/[{｛\\\p{Cc}]/u.test(submitted)),
        fc.constantFrom('auto' as const, 'gsm' as const),
        (submitted, wish) => {
          const { text } = readMessage(submitted, wish);
          if (text !== null) expect(readMessage(text, wish).text).toBe(text);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each(['{', '\u0301', 'a\u0301\u0323', '\\{{', '\u0315\u0300', '{{a', ' '])(
    'is quick with a text made of %j alone',
    (part) => {
      const submitted = part.repeat(8000 / part.length);
      const began = performance.now();
      auto(submitted);
      gsm(submitted);
      expect(performance.now() - began).toBeLessThan(1000);
    },
  );
});
