import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
  hashOf,
  measureMessage,
  requestHashOf,
  textHashOf,
  type BroadcastRequest,
} from '../../src/services/broadcastRequest';

const request: BroadcastRequest = {
  text: 'Doors open at 9.',
  recipients: { valid: ['+14155550100', '+447700900123'], duplicates: 0, invalid: [], invalidCount: 0 },
  submitted: 2,
  invalidRecipients: 'reject',
  name: null,
  sender: null,
  expirySeconds: null,
  mediaUrls: null,
  sendAt: null,
  quietHours: null,
};
const people = (valid: string[]) => ({ ...request.recipients, valid });
const media = ['https://example.com/a.png'];

describe('What Plivo bills for one person', () => {
  test.each<[what: string, text: string, mediaUrls: string[] | null, measure: object]>([
    ['a short text', 'Hi', null, { encoding: 'GSM-7', characters: 2, segments: 1 }],
    ['each part of a long one', 'x'.repeat(161), null, { encoding: 'GSM-7', characters: 161, segments: 2 }],
    ['one message with media, however long', 'x'.repeat(1600), media, { characters: 1600, segments: 1 }],
    ['one message with media, whatever the characters', '😜'.repeat(300), media, { encoding: 'UCS-2', segments: 1 }],
  ])('%s', (_what, text, mediaUrls, measure) => {
    expect(measureMessage({ text, mediaUrls })).toMatchObject(measure);
  });
});

describe('A request with the same idempotency key', () => {
  test('is known by the hash of the first release where it uses nothing newer', () => {
    // Computed with the code of that release; keys are kept as long as their broadcasts.
    expect(requestHashOf(request)).toBe('Hh6UyKk7i/LbcOoiCudiEo4e2Zu4Ix5GfTIvjlUsf6E=');
  });

  test('is known by that hash whatever the older fields say and however many people there are', () => {
    const older = fc.record({
      text: fc.string(),
      name: fc.option(fc.string(), { nil: null }),
      sender: fc.option(fc.string(), { nil: null }),
      expirySeconds: fc.option(fc.integer({ min: 5, max: 10_799 }), { nil: null }),
      invalidRecipients: fc.constantFrom('reject' as const, 'skip' as const),
      submitted: fc.nat(),
      recipients: fc.record({
        valid: fc.array(fc.stringMatching(/^\+[1-9]\d{5,14}$/)),
        duplicates: fc.nat(),
        invalid: fc.array(fc.record({ index: fc.nat(), value: fc.string(), reason: fc.string() })),
        invalidCount: fc.nat(),
      }),
    });
    fc.assert(
      fc.property(older, (given) => {
        expect(requestHashOf({ ...request, ...given })).toBe(hashOfFirstRelease({ ...request, ...given }));
      }),
    );
  });

  test.each([0, 1, 999, 1000, 1001, 2500])('is known by that hash when it goes to %d people', (count) => {
    const many = Array.from({ length: count }, (_, index) => `+1415${5_550_000 + index}`);
    const large = { ...request, recipients: people(many) };
    expect(requestHashOf(large)).toBe(hashOfFirstRelease(large));
  });

  test.each<[what: string, change: Partial<BroadcastRequest>]>([
    ['another text', { text: 'Doors open at 10.' }],
    ['a name', { name: 'Doors' }],
    ['a sender', { sender: 'ACME' }],
    ['an expiry', { expirySeconds: 60 }],
    ['leave to skip bad entries', { invalidRecipients: 'skip' }],
    ['more entries', { submitted: 3 }],
    ['bad entries', { recipients: { ...request.recipients, invalid: [{ index: 0, value: 'x', reason: 'bad' }] } }],
    ['other people', { recipients: people(['+14155550100', '+447700900124']) }],
    ['fewer people', { recipients: people(['+14155550100']) }],
    ['the same people in another order', { recipients: people(['+447700900123', '+14155550100']) }],
    ['media', { mediaUrls: media }],
    ['another medium', { mediaUrls: ['https://example.com/b.png'] }],
    ['a schedule', { sendAt: Date.UTC(2030, 0, 31, 9) }],
    ['a schedule a second later', { sendAt: Date.UTC(2030, 0, 31, 9) + 1000 }],
    ['quiet hours', { quietHours: '21:00-08:00' }],
    ['no quiet hours', { quietHours: 'off' }],
  ])('is another with %s', (_what, change) => {
    const known = [request, { ...request, mediaUrls: ['https://example.com/c.png'] }, { ...request, sendAt: 0 }];
    expect(known.map(requestHashOf)).not.toContain(requestHashOf({ ...request, ...change }));
  });

  test('is the same however often it is made', () => {
    const full = { ...request, mediaUrls: media, sendAt: Date.UTC(2030, 0, 31, 9), quietHours: 'off' };
    expect(requestHashOf({ ...full, mediaUrls: [...media] })).toBe(requestHashOf(full));
  });
});

describe('A text counts as the same', () => {
  test('whoever it goes to, whenever and from whomever', () => {
    const other = { ...request, recipients: people([]), sender: 'ACME', sendAt: 1, name: 'x', quietHours: 'off' };
    expect(textHashOf(other)).toBe(textHashOf(request));
  });

  test.each<[what: string, change: Partial<BroadcastRequest>]>([
    ['the words are others', { text: 'Doors open at 10.' }],
    ['a blank is added', { text: 'Doors open at 9. ' }],
    ['a picture is added', { mediaUrls: media }],
  ])('but not when %s', (_what, change) => {
    expect(textHashOf({ ...request, ...change })).not.toBe(textHashOf(request));
  });
});

test('A hash is that of head and numbers in a row, in the alphabet asked for', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string(), { maxLength: 50 }), (head, numbers) => {
      const whole = createHash('sha256').update([head, ...numbers].join(''));
      expect(hashOf(head, numbers, 'base64url')).toBe(whole.copy().digest('base64url'));
      expect(hashOf(head, numbers, 'base64')).toBe(whole.digest('base64'));
    }),
  );
});

/** As the first release had it. */
function hashOfFirstRelease(given: BroadcastRequest): string {
  const { recipients, submitted, text, name, sender, expirySeconds, invalidRecipients } = given;
  const hash = createHash('sha256');
  hash.update(JSON.stringify([text, name, sender, expirySeconds, invalidRecipients, submitted, recipients.invalid]));
  for (const number of recipients.valid) hash.update(number);
  return hash.digest('base64');
}
