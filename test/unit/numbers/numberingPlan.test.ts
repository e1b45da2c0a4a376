import { Metadata, type CountryCode, type MetadataJson } from 'libphonenumber-js/core';
import maximal from 'libphonenumber-js/metadata.max.json';
import { loadNumberingPlan } from '../../../src/services/numbers/numberingPlan';

const plan = loadNumberingPlan();

const bitsOf = (mask: number): number[] => Array.from({ length: 31 }, (_, n) => n).filter((n) => (mask >>> n) & 1);
const lengthsOf = (code: string): number[] => bitsOf(plan.codes.get(code)?.lengths ?? 0);

test.each([
  ['North America', '1', [10]],
  ['the United Kingdom', '44', [7, 9, 10]],
  ['Norway', '47', [5, 8]],
  ['international freephone', '800', [8]],
  ['Inmarsat', '870', [9, 12]],
  ['satellite phones', '881', [9, 10]],
  ['international networks', '882', [7, 8, 9, 10, 11, 12]],
  ['more international networks', '883', [8, 9, 10, 11, 12]],
  ['disaster relief', '888', [11]],
  ['international premium rate', '979', [9]],
])('The lengths of numbers in %s are known', (_place, code, lengths) => {
  expect(lengthsOf(code)).toEqual(lengths);
});

test.each([
  ['North America', '1', [2, 3, 4, 5, 6, 7, 8, 9]],
  ['the United Kingdom', '44', [1, 2, 3, 5, 7, 8, 9]],
  ['Mexico, where the old 1 of mobiles is gone', '52', [2, 3, 4, 5, 6, 7, 8, 9]],
  ['Italy, where the 0 is part of the number', '39', [0, 1, 3, 4, 5, 7, 8]],
  ['France', '33', [1, 2, 3, 4, 5, 6, 7, 8, 9]],
])('The digits that numbers in %s begin with are known', (_place, code, digits) => {
  expect(bitsOf(plan.codes.get(code)?.firstDigits ?? 0)).toEqual(digits);
});

test('A country code that is not in use is not in the plan', () => {
  expect(['0', '210', '999'].filter((code) => plan.codes.has(code))).toEqual([]);
});

test('No country code is the beginning of another, so that a number has one country code only', () => {
  const codes = [...plan.codes.keys()];
  expect(codes.filter((code) => codes.some((other) => other !== code && other.startsWith(code)))).toEqual([]);
});

test('The small metadata knows the same lengths as the complete one', () => {
  const metadata = new Metadata(maximal as unknown as MetadataJson);
  for (const code of plan.codes.keys()) {
    metadata.selectNumberingPlan(code as CountryCode);
    expect([code, lengthsOf(code)]).toEqual([code, metadata.numberingPlan?.possibleLengths()]);
  }
});
