import { countUnits } from '../../../src/simulator/formats/units';

describe('Parts of a text', () => {
  test.each([
    ['an empty text', '', 'GSM-7', 0, 1],
    ['160 plain characters', 'a'.repeat(160), 'GSM-7', 160, 1],
    ['161 plain characters', 'a'.repeat(161), 'GSM-7', 161, 2],
    ['306 plain characters', 'a'.repeat(306), 'GSM-7', 306, 2],
    ['307 plain characters', 'a'.repeat(307), 'GSM-7', 307, 3],
    ['80 euro signs of two places each', '€'.repeat(80), 'GSM-7', 160, 1],
    ['a euro sign that would be cut in half', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 'GSM-7', 306, 3],
    ['70 Chinese characters', '字'.repeat(70), 'UCS-2', 70, 1],
    ['71 Chinese characters', '字'.repeat(71), 'UCS-2', 71, 2],
    ['35 emoji of two places each', '😀'.repeat(35), 'UCS-2', 70, 1],
    ['67 emoji, none of them cut in half', '😀'.repeat(67), 'UCS-2', 134, 3],
    ['one curly quote among plain characters', `${'a'.repeat(70)}’`, 'UCS-2', 71, 2],
    ['accents of the plain alphabet', 'àéñ Ünï'.replace('ï', 'ö'), 'GSM-7', 7, 1],
  ])('%s', (_, text, encoding, length, units) => {
    expect(countUnits(text)).toEqual({ encoding, length, units });
  });
});
