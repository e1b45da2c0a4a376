import { broadcastWhen, get, numbers, postBroadcast } from '../../support/client';
import { expectNobodyMissing, expectTextedOnce } from '../../support/invariants';
import { expectProblem } from '../../support/problem';
import { ENGINES } from '../../support/testDatabase';
import { startTestService, type TestService } from '../../support/testService';

const good = { recipients: numbers(2), message: 'Doors open at 9.' };

describe('what a broadcast must look like', () => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService({ env: { MAX_RECIPIENTS: '300' } });
  });
  afterAll(() => test.stop());

  it.each<[what: string, change: object, path: string, says: RegExp]>([
    ['without recipients', { recipients: undefined }, 'recipients', /missing/],
    ['whose recipients are null', { recipients: null }, 'recipients', /must be an array/],
    ['whose recipients are one string', { recipients: '+14155550100' }, 'recipients', /must be an array/],
    ['whose recipients are an object', { recipients: { 0: '+14155550100' } }, 'recipients', /must be an array/],
    ['with an empty list', { recipients: [] }, 'recipients', /at least one/],
    ['with more recipients than allowed', { recipients: numbers(301) }, 'recipients', /at most 300 numbers.*301/],
    ['with a number that is no string', { recipients: [14155550100] }, 'recipients[0]', /must be a string/],
    ['with a null among the numbers', { recipients: [null] }, 'recipients[0]', /must be a string/],
    ['with a list inside the list', { recipients: [['+14155550100']] }, 'recipients[0]', /must be a string/],
    ['with an empty number', { recipients: [''] }, 'recipients[0]', /is empty/],
    ['with a number without "+"', { recipients: ['14155550100'] }, 'recipients[0]', /lacks the "\+"/],
    ['with a lone "+"', { recipients: ['+'] }, 'recipients[0]', /no digits/],
    ['with letters in a number', { recipients: ['+1415555HELP'] }, 'recipients[0]', /has letters/],
    ['with an impossible area code', { recipients: ['+11234567890'] }, 'recipients[0]', /area code/],
    ['with a number that Excel has shortened', { recipients: ['4.477E+11'] }, 'recipients[0]', /spreadsheet/],
    [
      'with a country nobody knows',
      { recipients: ['+447700900123'], defaultCountry: 'UK' },
      'defaultCountry',
      /ISO 3166/,
    ],
    ['with an unknown country code', { recipients: ['+9995550'] }, 'recipients[0]', /unknown country code/],
    ['with a country code that starts with 0', { recipients: ['+0415555'] }, 'recipients[0]', /unknown country code/],
    ['with a number too short for its country', { recipients: ['+1415555'] }, 'recipients[0]', /too short for \+1/],
    ['with a number too long for its country', { recipients: ['+141555501000'] }, 'recipients[0]', /too long for \+1/],
    ['without a message', { message: undefined }, 'message', /missing/],
    ['whose message is null', { message: null }, 'message', /must be a string/],
    ['whose message is a number', { message: 42 }, 'message', /must be a string/],
    ['whose message is a list', { message: ['Hi'] }, 'message', /must be a string/],
    ['with an empty message', { message: '' }, 'message', /must not be empty/],
    ['with a message of blanks', { message: ' \n\t ' }, 'message', /must not be empty/],
    ['with 1,601 plain characters', { message: 'a'.repeat(1601) }, 'message', /too long: 1601 .* 1600/],
    ['with 801 euro signs, which count as two', { message: '€'.repeat(801) }, 'message', /too long: 1602 .* 1600/],
    ['with 738 characters outside GSM-7', { message: 'ж'.repeat(738) }, 'message', /too long: 738 .* 737/],
    ['with a null character in the message', { message: 'a\0b' }, 'message', /null character at index 1/],
    ['with half a character in the message', { message: 'ab\ud83d' }, 'message', /surrogate.* index 2/],
    ['whose name is no string', { name: 7 }, 'name', /must be a string/],
    ['with a name of 101 characters', { name: 'x'.repeat(101) }, 'name', /at most 100/],
    ['with a line break in the name', { name: 'a\nb' }, 'name', /control characters/],
    [
      'with another way to treat bad numbers',
      { invalidRecipients: 'ignore' },
      'invalidRecipients',
      /"reject" or "skip"/,
    ],
    ['whose way to treat bad numbers is true', { invalidRecipients: true }, 'invalidRecipients', /"reject" or "skip"/],
    ['that expires after 4 seconds', { expirySeconds: 4 }, 'expirySeconds', /from 5 to 10799/],
    ['that expires after 10,800 seconds', { expirySeconds: 10_800 }, 'expirySeconds', /from 5 to 10799/],
    ['that expires after half seconds', { expirySeconds: 7.5 }, 'expirySeconds', /whole number/],
    ['whose expiry is a string', { expirySeconds: '60' }, 'expirySeconds', /whole number/],
    ['with a field that nobody knows', { recipient: '+14155550100' }, 'recipient', /not a known field/],
    ['with a callback that is not https', { callbackUrl: 'http://example.com/' }, 'callbackUrl', /https/],
    ['from a sender that is none', { sender: 'The Theatre Royal' }, 'sender', /at most 11 letters/],
    ['with pictures in no list', { mediaUrls: 'https://example.com/a.png' }, 'mediaUrls', /array of 1 to 10/],
    ['with no pictures', { mediaUrls: [] }, 'mediaUrls', /array of 1 to 10/],
    ['with pictures that are not secured', { mediaUrls: ['http://example.com/a.png'] }, 'mediaUrls', /entry 0/],
    ['with eleven pictures', { mediaUrls: Array(11).fill('https://example.com/a.png') }, 'mediaUrls', /1 to 10/],
  ])('refuses a broadcast %s', async (_what, change, path, says) => {
    const response = await postBroadcast(test, { ...good, ...change });
    expectProblem(response, 400);
    expect(response.body.errors).toEqual([expect.objectContaining({ path, msg: expect.stringMatching(says) })]);
    expect(response.body.errorCount).toBe(1);
    expect(response.body.detail).toContain('nothing was sent');
  });

  it('names every fault of a request at once', async () => {
    const faulty = { recipients: [], message: '', name: 7, invalidRecipients: 1, expirySeconds: 1, colour: 'red' };
    const { body } = await postBroadcast(test, faulty, { 'Idempotency-Key': 'ü' }).expect(400);
    const paths = (body.errors as { path: string }[]).map(({ path }) => path).sort();
    expect(paths).toEqual(
      ['colour', 'expirySeconds', 'idempotency-key', 'invalidRecipients', 'message', 'name', 'recipients'].sort(),
    );
    expect(body.errorCount).toBe(7);
  });

  it('names the place of the one bad number among good ones, with what was there', async () => {
    const recipients = [...numbers(3), '+1415', ...numbers(2, 10)];
    const { body } = await postBroadcast(test, { ...good, recipients }).expect(400);
    expect(body.errors).toEqual([{ path: 'recipients[3]', msg: expect.stringContaining('too short'), value: '+1415' }]);
  });

  it('shows the first hundred of 250 bad numbers and says how many there are', async () => {
    const recipients = Array.from({ length: 250 }, (_, index) => `bad ${index}`);
    const { body } = await postBroadcast(test, { ...good, recipients }).expect(400);
    expect(body.errors).toHaveLength(100);
    expect(body.errors[99].path).toBe('recipients[99]');
    expect(body.errorCount).toBe(250);
  });

  it('refuses a list in which not one number can be texted, even when bad ones may be skipped', async () => {
    const response = await postBroadcast(test, { ...good, recipients: ['a', 'b'], invalidRecipients: 'skip' });
    expectProblem(response, 400);
    expect(response.body.errorCount).toBe(2);
  });

  it('has kept and sent nothing of all that it refused', async () => {
    expect((await get(test, '/broadcast').expect(200)).body).toEqual({ data: [], next: null });
    expect(test.simulator.calls()).toEqual([]);
  });
});

describe.each(ENGINES)('an accepted broadcast on %s', (engine) => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService({ engine });
  });
  beforeEach(() => test.simulator.reset());
  afterAll(() => test.stop());

  it.each<[what: string, change: object]>([
    ['1,600 plain characters', { message: 'a'.repeat(1600) }],
    ['800 euro signs', { message: '€'.repeat(800) }],
    ['737 characters outside GSM-7', { message: 'ж'.repeat(737) }],
    ['a name of 100 characters', { name: 'ö'.repeat(100) }],
    ['an expiry of 5 seconds', { expirySeconds: 5 }],
    ['an expiry of 10,799 seconds', { expirySeconds: 10_799 }],
    ['optional fields that are null', { name: null, invalidRecipients: null, expirySeconds: null }],
    ['quotes, backslashes and line breaks', { message: '"\\\n\'; drop table broadcasts; --' }],
  ])('may have %s', async (_what, change) => {
    const { body } = await postBroadcast(test, { ...good, ...change }).expect(202);
    expect(test.simulator.calls().map(({ text }) => text)).toEqual([{ ...good, ...change }.message]);
    await expectNobodyMissing(test, body.id as string);
  });

  it('is answered with its whole state and where to find the rest', async () => {
    const response = await postBroadcast(test, { ...good, name: 'Opening' }, { Prefer: 'respond-async' }).expect(202);
    const { id } = response.body as { id: string };
    expect(response.headers['location']).toBe(`/broadcast/${id}`);
    expect(response.body).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      message: 'Broadcast request accepted for 2 recipients.',
      status: expect.stringMatching(/^(queued|processing|completed)$/),
      name: 'Opening',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      sendAt: null,
      recipients: { submitted: 2, accepted: 2, duplicates: 0, invalid: 0, optedOut: 0 },
      batches: { total: 1, unconfirmed: 0, held: 0, failed: 0, cancelled: 0 },
      segments: { encoding: 'GSM-7', perMessage: 1, total: 2 },
      errors: [],
      links: {
        self: `/broadcast/${id}`,
        recipients: `/broadcast/${id}/recipients`,
        batches: `/broadcast/${id}/batches`,
      },
    });
    await broadcastWhen(test, id, ({ status }) => status === 'completed');
    await expectNobodyMissing(test, id);
  });

  it('texts everybody once who is listed twice, and says how many repeats it dropped', async () => {
    const [a = '', b = '', c = ''] = numbers(3);
    const { body } = await postBroadcast(test, { ...good, recipients: [a, b, a, c, b, a] }).expect(202);
    expect(body.recipients).toEqual({ submitted: 6, accepted: 3, duplicates: 3, invalid: 0, optedOut: 0 });
    expectTextedOnce(test, [a, b, c]);
    await expectNobodyMissing(test, body.id as string);
  });

  it('leaves out bad numbers when told to skip them, and keeps each with the reason', async () => {
    const [a = '', b = ''] = numbers(2);
    const recipients = [a, 'not a number', '+1415', 7, b, 'not a number', { deep: [] }, { deep: [] }];
    const { body } = await postBroadcast(test, { ...good, recipients, invalidRecipients: 'skip' }).expect(202);
    expect(body.recipients).toEqual({ submitted: 8, accepted: 2, duplicates: 1, invalid: 5, optedOut: 0 });
    expectTextedOnce(test, [a, b]);
    const page = await get(test, `/broadcast/${body.id}/recipients?status=invalid`).expect(200);
    expect(page.body.data).toHaveLength(5);
    for (const entry of page.body.data) {
      expect(entry).toMatchObject({
        status: 'invalid',
        batch: null,
        errorReason: expect.stringMatching(/must|short|holds no number|has no number/),
      });
    }
    await expectNobodyMissing(test, body.id as string);
  });

  it('has no hour of 24, which no day has', async () => {
    const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const recipients = numbers(1);
    expectProblem(await postBroadcast(test, { ...good, recipients, sendAt: `${day}T24:00:00Z` }), 400);
    await postBroadcast(test, { ...good, recipients, sendAt: `${day}T23:59:59Z` }).expect(202);
  });

  it('keeps skipped entries of any content, even such as no database likes', async () => {
    const odd = ['\0', 'a\ud800b', '\u{1f600}'.repeat(200), 'x'.repeat(100_000), "'; --", 'x'.repeat(99_999)];
    const recipients = [...numbers(1), ...odd];
    const { body } = await postBroadcast(test, { ...good, recipients, invalidRecipients: 'skip' }).expect(202);
    expect(body.recipients.invalid).toBe(odd.length);
    await expectNobodyMissing(test, body.id as string);
  });

  it.each([
    ['a'.repeat(161), 'GSM-7', 2],
    ['ж'.repeat(70), 'UCS-2', 1],
    ['ж'.repeat(71), 'UCS-2', 2],
  ])('counts the segments that will be billed', async (message, encoding, perMessage) => {
    const { body } = await postBroadcast(test, { recipients: numbers(3), message }).expect(202);
    expect(body.segments).toEqual({ encoding, perMessage, total: 3 * perMessage });
    await expectNobodyMissing(test, body.id as string);
  });
});
