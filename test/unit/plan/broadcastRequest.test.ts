import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { everyNumber, NumberList } from '../../../src/domain/numbers/numberList';
import {
  measureMessage,
  requestHashOf,
  textHashOf,
  type BroadcastRequest,
} from '../../../src/services/accepting/broadcastRequest';

const request: BroadcastRequest = {
  text: 'Doors open at 9.',
  recipients: {
    submitted: 2,
    valid: ['+14155550100', '+447700900123'],
    duplicates: 0,
    invalid: [],
    invalidCount: 0,
    texts: null,
    spelledOtherwise: { count: 0, entries: [] },
  },
  invalidRecipients: 'reject',
  name: null,
  sender: null,
  expirySeconds: null,
  mediaUrls: null,
  sendAt: null,
  sendAtLocal: null,
  canary: null,
  quietHours: null,
  topic: null,
};
const people = (valid: string[]) => ({ ...request.recipients, valid });
const media = ['https://example.com/a.png'];
const older = fc.record({
  text: fc.string(),
  name: fc.option(fc.string(), { nil: null }),
  sender: fc.option(fc.string(), { nil: null }),
  expirySeconds: fc.option(fc.integer({ min: 5, max: 10_799 }), { nil: null }),
  invalidRecipients: fc.constantFrom('reject' as const, 'skip' as const),
  recipients: fc.record({
    submitted: fc.nat(),
    valid: fc.array(fc.stringMatching(/^\+[1-9]\d{5,14}$/)),
    duplicates: fc.nat(),
    invalid: fc.array(
      fc.record({ index: fc.nat(), line: fc.option(fc.nat(), { nil: null }), value: fc.string(), reason: fc.string() }),
    ),
    invalidCount: fc.nat(),
    texts: fc.constant(null),
    spelledOtherwise: fc.constant({ count: 0, entries: [] }),
  }),
});

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
  test('is known by the hash of the first release where it uses nothing newer', async () => {
    // Computed with the code of that release; keys are kept as long as their broadcasts.
    expect(await requestHashOf(request)).toBe('Hh6UyKk7i/LbcOoiCudiEo4e2Zu4Ix5GfTIvjlUsf6E=');
  });

  test('is known by that hash whatever the older fields say and however many people there are', async () => {
    await fc.assert(
      fc.asyncProperty(older, async (given) => {
        expect(await requestHashOf({ ...request, ...given })).toBe(hashOfFirstRelease({ ...request, ...given }));
      }),
    );
  });

  const counts = [0, 1, 999, 1000, 1001, 2500, 9999, 10_000, 10_001, 25_000];
  test.each(counts)('is known by that hash when it goes to %d people, however they are kept', async (count) => {
    const many = Array.from({ length: count }, (_, index) => `+1415${5_550_000 + index}`);
    const list = new NumberList();
    for (const number of many) list.push(number);
    const large = { ...request, recipients: people(many) };
    expect(await requestHashOf(large)).toBe(hashOfFirstRelease(large));
    expect(await requestHashOf({ ...large, recipients: { ...large.recipients, valid: list } })).toBe(
      hashOfFirstRelease(large),
    );
  });

  test('is the same whichever lines of a file its bad entries were on', async () => {
    const bad = (line: number | null) => ({
      ...request,
      recipients: { ...request.recipients, invalid: [{ index: 0, line, value: 'x', reason: 'bad' }] },
    });
    const hashes = await Promise.all([null, 1, 7].map((line) => requestHashOf(bad(line))));
    expect(hashes).toEqual(Array(3).fill(hashOfFirstRelease(bad(null))));
  });

  test.each<[what: string, change: Partial<BroadcastRequest>]>([
    ['another text', { text: 'Doors open at 10.' }],
    ['a name', { name: 'Doors' }],
    ['a sender', { sender: 'ACME' }],
    ['an expiry', { expirySeconds: 60 }],
    ['leave to skip bad entries', { invalidRecipients: 'skip' }],
    ['more entries', { recipients: { ...request.recipients, submitted: 3 } }],
    [
      'bad entries',
      { recipients: { ...request.recipients, invalid: [{ index: 0, line: null, value: 'x', reason: 'bad' }] } },
    ],
    ['other people', { recipients: people(['+14155550100', '+447700900124']) }],
    ['fewer people', { recipients: people(['+14155550100']) }],
    ['the same people in another order', { recipients: people(['+447700900123', '+14155550100']) }],
    ['media', { mediaUrls: media }],
    ['another medium', { mediaUrls: ['https://example.com/b.png'] }],
    ['a schedule', { sendAt: Date.UTC(2030, 0, 31, 9) }],
    ['a schedule a second later', { sendAt: Date.UTC(2030, 0, 31, 9) + 1000 }],
    ['a time of their own clocks', { sendAtLocal: '2030-01-31T09:00' }],
    ['some who go first', { canary: { recipients: 1, waitSeconds: 600, maxFailureRate: 0.1 } }],
    ['quiet hours', { quietHours: '21:00-08:00' }],
    ['no quiet hours', { quietHours: 'off' }],
  ])('is another with %s', async (_what, change) => {
    const known = [request, { ...request, mediaUrls: ['https://example.com/c.png'] }, { ...request, sendAt: 0 }];
    expect(await Promise.all(known.map(requestHashOf))).not.toContain(await requestHashOf({ ...request, ...change }));
  });

  test('is the same however often it is made', async () => {
    const full = { ...request, mediaUrls: media, sendAt: Date.UTC(2030, 0, 31, 9), quietHours: 'off' };
    expect(await requestHashOf({ ...full, mediaUrls: [...media] })).toBe(await requestHashOf(full));
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

test('A hash is that of what is asked and the numbers in a row, where the newer fields are used too', async () => {
  const newer = fc.record({
    mediaUrls: fc.option(fc.array(fc.string()), { nil: null }),
    sendAt: fc.option(fc.nat(), { nil: null }),
    quietHours: fc.option(fc.string(), { nil: null }),
  });
  await fc.assert(
    fc.asyncProperty(older, newer, async (given, { mediaUrls, sendAt, quietHours }) => {
      fc.pre(mediaUrls !== null || sendAt !== null || quietHours !== null);
      const asked = { ...request, ...given, mediaUrls, sendAt, quietHours };
      const head = JSON.stringify([...partsOfFirstRelease(asked), [mediaUrls, sendAt, quietHours]]);
      const whole = createHash('sha256').update([head, ...given.recipients.valid].join(''));
      expect(await requestHashOf(asked)).toBe(whole.digest('base64'));
    }),
  );
});

function partsOfFirstRelease({ recipients, text, name, sender, expirySeconds, invalidRecipients }: BroadcastRequest) {
  const invalid = recipients.invalid.map(({ index, value, reason }) => ({ index, value, reason }));
  return [text, name, sender, expirySeconds, invalidRecipients, recipients.submitted, invalid];
}

/** As the first release had it. */
function hashOfFirstRelease(given: BroadcastRequest): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(partsOfFirstRelease(given)));
  for (const number of everyNumber(given.recipients.valid)) hash.update(number);
  return hash.digest('base64');
}
