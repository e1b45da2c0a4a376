import fc from 'fast-check';
import { ServiceError } from '../../../src/domain/errors';
import { previewedDigests } from '../../../src/routes/parameters/ifMatch';

describe('The preview that must still hold', () => {
  test.each<[what: string, header: string | undefined, digests: string[] | null]>([
    ['is none without the header', undefined, null],
    ['is the one in quotes', '"abc"', ['abc']],
    ['may be weak, as proxies that compress make it', 'W/"abc"', ['abc']],
    ['may be one of several', '"abc", W/"def","ghi"', ['abc', 'def', 'ghi']],
    ['may be any', '*', ['*']],
    ['may be any, with blanks around', ' * ', ['*']],
    ['may be empty, which none is', '""', ['']],
    ['may have any characters that RFC 9110 allows', '"!#~\u00ff"', ['!#~\u00ff']],
  ])('%s', (_what, header, digests) => {
    expect(previewedDigests(header)).toEqual(digests);
  });

  test.each([
    ['no quotes', 'abc'],
    ['one quote', '"abc'],
    ['single quotes', "'abc'"],
    ['nothing', ''],
    ['a quote inside', '"a"bc"'],
    ['a blank inside', '"a bc"'],
    ['a small w before it', 'w/"abc"'],
    ['a good one and a bad one', '"abc", def'],
    ['a star in quotes and one without', '"*" *'],
  ])('is refused with %s, instead of being left out of account', (_fault, header) => {
    const msg = 'must be the digest of a preview in double quotes, such as "abc"';
    expect(refusal(header)).toMatchObject({
      code: 'invalid_request',
      message: `The header If-Match ${msg}. Nothing was sent.`,
      details: { errors: [{ path: 'if-match', msg }], errorCount: 1 },
    });
  });

  test('is read as it was given out, whatever the digest and however many there are', () => {
    const digest = fc.base64String().map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
    fc.assert(
      fc.property(
        fc.array(digest, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(',', ', ', ' , '),
        (given, comma) => {
          expect(previewedDigests(given.map((tag) => `"${tag}"`).join(comma))).toEqual(given);
        },
      ),
    );
  });

  test('is refused or read, whatever the header says', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', 'W', '/', ',', '*', 'a', ' ', '\t') }), (header) => {
        try {
          for (const digest of previewedDigests(header) ?? []) expect(digest).not.toMatch(/["\s]/);
        } catch (error) {
          expect(error).toBeInstanceOf(ServiceError);
        }
      }),
    );
  });
});

function refusal(header: string): unknown {
  try {
    return previewedDigests(header);
  } catch (error) {
    return error;
  }
}
