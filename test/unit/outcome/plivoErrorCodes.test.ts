import { describeErrorCode, type ErrorFollow } from '../../../src/domain/outcome/plivoErrorCodes';

describe("Plivo's error codes", () => {
  it.each<[string, ErrorFollow, RegExp]>([
    ['000', 'none', /no error/],
    ['10', 'permanent', /invalid/],
    ['20', 'retry_later', /network/],
    ['30', 'review', /spam/],
    ['40', 'configuration', /sender/],
    ['50', 'permanent', /landline/],
    ['60', 'review', /loop/],
    ['70', 'permanent', /permanently/],
    ['80', 'retry_later', /for now/],
    ['90', 'configuration', /route/],
    ['100', 'permanent', /prohibits/],
    ['110', 'permanent', /too long/],
    ['200', 'opt_out', /STOP/],
    ['201', 'configuration', /Canada/],
    ['420', 'retry_later', /expired/],
    ['450', 'configuration', /country/],
    ['900', 'pause_account', /credit/],
    ['1000', 'retry_later', /no reason/],
  ])('%s is followed by %s', (code, follow, meaning) => {
    expect(describeErrorCode(code)).toEqual({ known: true, meaning: expect.stringMatching(meaning), follow });
  });

  it.each(['', '0', '00', ' 000 '])('"%s" stands for no error', (code) => {
    expect(describeErrorCode(code)).toMatchObject({ known: true, follow: 'none' });
  });

  it.each(['010', ' 10', '0010'])('"%s" is read as 10', (code) => {
    expect(describeErrorCode(code)).toEqual(describeErrorCode('10'));
  });

  it.each([
    ['777', '777'],
    ['2000', '2000'],
    ['abc', 'abc'],
    ['constructor', 'unreadable'],
    ['14155550100', 'unreadable'],
    ['<b>', 'unreadable'],
  ])('"%s" is unknown, taken as permanent, and said so', (code, shown) => {
    const { known, follow, meaning } = describeErrorCode(code);
    expect({ known, follow }).toEqual({ known: false, follow: 'permanent' });
    expect(meaning).toContain(`does not know (${shown})`);
  });
});
