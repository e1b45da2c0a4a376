import fc from 'fast-check';
import { parseInboundCallback } from '../../../src/routes/hearing/inboundCallback';

const fields = { MessageUUID: 'm-1', From: '14155550123', To: '14155550100', Text: 'STOP', MessageIntent: '' };
const parse = (change: object) => parseInboundCallback({ ...fields, ...change });

describe('a text that came in', () => {
  it('is read with all that it says', () => {
    expect(parse({ MessageIntent: 'optout', Type: 'sms', Units: '1', New: 'x' })).toEqual({
      kind: 'text',
      text: { messageUuid: 'm-1', from: '+14155550123', to: '+14155550100', text: 'STOP', intent: 'optout' },
    });
  });

  it.each(['14155550123', '+14155550123', '+1 (415) 555-0123', '1.415.555.0123', '1/415/5550123', ' 14155550123 '])(
    'from %j is from the same person',
    (from) => {
      expect(parse({ From: from })).toMatchObject({ text: { from: '+14155550123' } });
    },
  );

  it.each([
    ['a short code', '55555', '55555'],
    ['the longest short code', '123456', '123456'],
    ['the shortest phone number', '1234567', '+1234567'],
    ['the longest phone number', '123456789012345', '+123456789012345'],
  ])('to %s is to %s', (_what, to, read) => {
    expect(parse({ To: to })).toMatchObject({ text: { to: read } });
  });

  it.each<[what: string, change: object, text: string]>([
    ['its words', { Text: ' Yes,\nplease ' }, 'Yes,\nplease'],
    ['the words of an MMS', { Text: undefined, Body: 'Look!' }, 'Look!'],
    ['the words of an MMS beside an empty text', { Text: ' ', Body: 'Look!' }, 'Look!'],
    ['no words where an MMS has only a picture', { Text: undefined }, ''],
    ['no words where they come as a list', { Text: ['a', 'b'] }, ''],
    ['characters that no database takes replaced', { Text: 'a\0b\ud83d' }, 'a\ufffdb\ufffd'],
    ['emoji as they are', { Text: '🛑 stop' }, '🛑 stop'],
    ['ten thousand characters at most', { Text: 'x'.repeat(10_001) }, 'x'.repeat(10_000)],
    ['half an emoji on the cut replaced', { Text: `${'x'.repeat(9999)}😜` }, `${'x'.repeat(9999)}\ufffd`],
  ])('has %s', (_what, change, text) => {
    expect(parse(change)).toMatchObject({ kind: 'text', text: { text } });
  });

  it.each<[what: string, given: unknown, intent: string | null]>([
    ['in capitals', ' OptOut ', 'optout'],
    ['of a kind that Plivo may add', 'double-opt_in', 'double-opt_in'],
    ['that is empty', '', null],
    ['that is missing', undefined, null],
    ['that is a list', ['optout'], null],
    ['that is no word', 'opt out!', null],
    ['of any length', 'x'.repeat(21), null],
  ])("with Plivo's reading %s", (_what, given, intent) => {
    expect(parse({ MessageIntent: given })).toMatchObject({ kind: 'text', text: { intent } });
  });

  it.each<[field: string, value: unknown, problem: string]>([
    ['MessageUUID', '', 'must be a message uuid'],
    ['MessageUUID', undefined, 'must be a message uuid'],
    ['MessageUUID', 'a/b', 'must be a message uuid'],
    ['MessageUUID', 'x'.repeat(65), 'must be a message uuid'],
    ['MessageUUID', ['m-1', 'm-2'], 'must be a message uuid'],
    ['From', '', 'must be a phone number'],
    ['From', undefined, 'must be a phone number'],
    ['From', 'ACME', 'must be a phone number'],
    ['From', '04155550123', 'must be a phone number'],
    ['From', '12', 'must be a phone number'],
    ['From', '1234567890123456', 'must be a phone number'],
    ['From', { a: 1 }, 'must be a phone number'],
    ['To', '', 'must be a phone number'],
    ['To', '1415555010O', 'must be a phone number'],
    ['To', ['14155550100'], 'must be a phone number'],
  ])('whose %s is %j makes no sense', (field, value, problem) => {
    expect(parse({ [field]: value })).toEqual({ kind: 'nonsense', field, problem });
  });

  it('without any field makes no sense', () => {
    expect(parseInboundCallback({})).toMatchObject({ kind: 'nonsense', field: 'MessageUUID' });
  });

  it('has words that any database takes, whatever was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat({ max: 10_000 }), (words, before) => {
        const parsed = parse({ Text: `x${'y'.repeat(before)}${words}` });
        const { text } = parsed.kind === 'text' ? parsed.text : { text: '\0' };
        expect(text).toMatch(/^x/);
        expect(text).not.toMatch(/[\0\p{Cs}]/u);
        expect(text.length).toBeLessThanOrEqual(10_000);
      }),
    );
  });
});

it('nothing that can be posted makes the reading fail', () => {
  const name = fc.constantFrom('MessageUUID', 'From', 'To', 'Text', 'Body', 'MessageIntent');
  fc.assert(
    fc.property(
      fc.dictionary(name, fc.oneof(fc.anything(), fc.string(), fc.stringMatching(/^\d{1,16}$/))),
      (posted) => {
        expect(parse(posted).kind).toMatch(/^(text|nonsense)$/);
      },
    ),
  );
});
