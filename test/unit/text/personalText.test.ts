import fc from 'fast-check';
import { readMessage } from '../../../src/domain/text/messageText';
import type { EncodingWish } from '../../../src/domain/text/messageText';
import { withStandIns } from '../../../src/domain/text/gsmStandIns';
import { isGsm7 } from '../../../src/domain/text/segments';

const told = (message: string, values: Record<string, string | null>, encoding: EncodingWish = 'auto') => {
  const { personal } = readMessage(message, encoding);
  if (personal === null) throw new Error('The message has no fields.');
  const { text, problem } = personal.render(personal.fields.map(({ name }) => values[name] ?? null));
  return text ?? problem;
};

describe('A text of one’s own', () => {
  it.each([
    ['has the value in its place', 'Hi {{name}}.', { name: 'Ann' }, 'Hi Ann.'],
    ['has it wherever it is named', '{{a}} and {{ a }} and {{b}}', { a: 'x', b: 'y' }, 'x and x and y'],
    ['has the fallback without one', 'Hi {{name|my friend}}.', {}, 'Hi my friend.'],
    ['has the fallback of each place', '{{a|x}}{{a|y}}', {}, 'xy'],
    ['may fall back to nothing', 'Hi{{ name| }}.', {}, 'Hi.'],
    ['counts blanks and what cannot be seen as lacking', 'Hi {{a|x}} {{b|y}}', { a: ' \t', b: '\u200b' }, 'Hi x y'],
    ['is rid of blanks around a value', 'Hi {{name}}.', { name: '  Ann ' }, 'Hi Ann.'],
    ['is composed', 'Hi {{name}}', { name: 'Zoe\u0308' }, 'Hi Zoë'],
    ['is composed over the seam', 'Zoe{{rest}}', { rest: '\u0308' }, 'Zoë'],
    ['takes braces in a value as they stand', 'Hi {{name}}', { name: '{{code}}' }, 'Hi {{code}}'],
    ['takes a dollar as it stands', 'Pay {{sum}}', { sum: '$& $1' }, 'Pay $& $1'],
    ['keeps escaped braces', '\\{{name}} is {{name}}', { name: 'Ann' }, '{{name}} is Ann'],
    ['keeps braces that close nothing', '}} {{a}} }}', { a: 'x' }, '}} x }}'],
  ])('%s', (_what, message, values, text) => {
    expect(told(message, values)).toBe(text);
  });

  it.each([
    ['has no value', 'Hi {{name}}', {}, 'no value for the field {{name}}'],
    ['comes to nothing', '{{a|}}', {}, 'is empty'],
    ['has a lost character', 'Hi {{a}}', { a: 'Caf\ufffd' }, 'U+FFFD'],
    ['has half a character', 'Hi {{a}}', { a: '\ud83d' }, 'unpaired surrogate'],
    ['has a null character', 'Hi {{a}}', { a: 'x\0y' }, 'null character'],
    ['is too long', 'Hi {{a}}', { a: 'x'.repeat(1600) }, 'too long'],
    ['is too long in UCS-2', 'Hi {{a}}', { a: 'ł'.repeat(740) }, 'too long'],
  ])('is refused where it %s', (_what, message, values, problem) => {
    expect(told(message, values)).toContain(problem);
  });

  it('is written with stand-ins where that is wished', () => {
    expect(told('“Hi” {{name}}', { name: 'Łukasz’s' }, 'gsm')).toBe('"Hi" Lukasz\'s');
  });

  it('knows which fields have a fallback everywhere', () => {
    expect(readMessage('{{a|x}} {{b}} {{a}} {{c|}}', 'auto').personal?.fields).toEqual([
      { name: 'a', hasFallback: false },
      { name: 'b', hasFallback: false },
      { name: 'c', hasFallback: true },
    ]);
  });

  it('is the message with the values in it, whatever stands around them', () => {
    const plain = fc.string({ maxLength: 20 }).map((text) => text.replace(/[{}\\]/g, '.'));
    const value = fc
      .string({ minLength: 1, maxLength: 20 })
      .filter((text) => text.trim() !== '' && !text.includes('\0'));
    fc.assert(
      fc.property(plain, plain, value, (before, after, name) => {
        expect(told(`${before}x{{name}}x${after}`, { name })).toBe(
          `${before}x${name.trim()}x${after}`.normalize('NFC'),
        );
      }),
    );
  });
});

describe('What GSM-7 has', () => {
  const alphabet = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit)).filter(isGsm7);

  it('is never composed or replaced, so that a text of nothing else is spared the attempt', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...alphabet), { maxLength: 200 }), (parts) => {
        const text = parts.join('');
        expect(text.normalize('NFC')).toBe(text);
        expect(withStandIns(text)).toBe(text);
      }),
    );
    expect(alphabet.join('').normalize('NFC')).toBe(alphabet.join(''));
  });
});
