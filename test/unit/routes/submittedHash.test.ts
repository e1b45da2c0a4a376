import { createHash } from 'node:crypto';
import { FileHash, hashOfFields } from '../../../src/middleware/bodies/submittedHash';

/** Plainly, in one piece; slices must make no difference. */
const inOnePiece = (fields: Record<string, unknown>) =>
  createHash('sha256')
    .update(
      Object.keys(fields)
        .sort()
        .map((name) => `${JSON.stringify(name)}:${JSON.stringify(fields[name])}\n`)
        .join(''),
    )
    .digest('base64');

const fileHash = (bytes: string, fields: [string, unknown][]) => {
  const hash = new FileHash();
  for (const byte of bytes) hash.update(Buffer.from(byte));
  return hash.digest(fields);
};

describe('The hash of what was submitted', () => {
  test('is what it was when the keys were stored that are still kept', async () => {
    const fields = { message: 'Doors open at 9.', recipients: ['+14155550100', '+447700900123'], expirySeconds: 60 };
    expect(await hashOfFields(fields)).toBe('c9QWPht8LdY6jkkGEczE885bVVfpv1B+Ki/46oCHEX8=');
    expect(fileHash('+14155550100\n', [['message', 'Hi']])).toBe('7NRLA+pfgp2zuEcS19CXJP7UsuYz8N1eupzKM16zt2Y=');
  });

  test.each([0, 1, 4999, 5000, 5001, 12_345])('does not depend on how a list of %d is cut', async (length) => {
    const recipients = Array.from({ length }, (_, index) => (index % 7 === 0 ? { to: `+1${index}` } : `+1${index}`));
    const fields = { message: 'Hi', recipients };
    expect(await hashOfFields(fields)).toBe(inOnePiece(fields));
  });

  test.each<[what: string, one: object, other: object, isSame: boolean]>([
    ['another order of the fields', { a: 1, b: 2 }, { b: 2, a: 1 }, true],
    ['a field that is null', { a: 1 }, { a: 1, b: null }, true],
    ['a text that looks like two fields', { a: '1', b: '2' }, { a: '1"\n"b":"2' }, false],
    ['a list in a text', { a: ['1'] }, { a: '["1"]' }, false],
    ['two entries in one', { a: ['1', '2'] }, { a: ['1,2'] }, false],
    ['nothing and an empty list', {}, { a: [] }, false],
    ['another order of the entries', { a: [1, 2] }, { a: [2, 1] }, false],
  ])('of %s', async (_what, one, other, isSame) => {
    expect((await hashOfFields(one)) === (await hashOfFields(other))).toBe(isSame);
  });

  test.each<[what: string, other: string, isSame: boolean]>([
    ['the same bytes and fields', fileHash('ab', [['n', '1']]), true],
    ['other bytes', fileHash('abc', [['n', '1']]), false],
    ['another value', fileHash('ab', [['n', '2']]), false],
    ['a field more', fileHash('ab', [['n', '1'], ['m', '1']]), false], // prettier-ignore
    ['a field twice', fileHash('ab', [['n', ['1', '1']]]), false],
  ])('of a file with %s', (_what, other, isSame) => {
    expect(other === fileHash('ab', [['n', '1']])).toBe(isSame);
  });

  test('of a form does not depend on the order of its fields, but for those of one name', () => {
    const one = fileHash('', [['a', '1'], ['b', '2'], ['a', '3']]); // prettier-ignore
    expect(fileHash('', [['b', '2'], ['a', ['1', '3']]])).toBe(one); // prettier-ignore
    expect(fileHash('', [['b', '2'], ['a', ['3', '1']]])).not.toBe(one); // prettier-ignore
  });

  test('is no other’s, where the request is one that nobody can have sent before', async () => {
    const deep = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)) as unknown;
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`f${index}`, 1]));
    expect(await hashOfFields(many)).not.toBe(await hashOfFields(many));
    // From Node 26 on even this can be written.
    const isWritten = canBeWritten(deep);
    for (const fields of [{ recipients: [deep] }, { message: deep }])
      expect((await hashOfFields(fields)) === (await hashOfFields(fields))).toBe(isWritten);
    const spoilt = new FileHash();
    spoilt.spoil();
    expect(spoilt.digest([])).not.toBe(spoilt.digest([]));
  });
});

function canBeWritten(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== '';
  } catch {
    return false;
  }
}
