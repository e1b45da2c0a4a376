import { createRedactor } from '../../config/redaction';

const redact = createRedactor(['s3cret-key', '']);
const GONE = '[redacted]';

describe('the redactor', () => {
  it.each([
    ['Sent to +14155550101 today', `Sent to ${GONE} today`],
    ['14155550101', GONE],
    ['numbers: +447700900101,+447700900102', `numbers: ${GONE},${GONE}`],
    ['/recipients/+14155550101?x=1', `/recipients/${GONE}?x=1`],
    ['dst=14155550101<14155550102', `dst=${GONE}<${GONE}`],
    ['Bearer s3cret-key.', `Bearer ${GONE}.`],
  ])('takes numbers and secrets out of %j', (text, clean) => {
    expect(redact(text)).toBe(clean);
  });

  it.each([
    '7241275f-57a3-4e9f-9138-571018401951',
    '00000000-1111-2222-3333-444444444444',
    '2026-11-24T08:17:20.171Z',
    'batch 3 of 2500, status 503, 30000 ms',
    'MAEXAMPLE0123',
  ])('leaves %j alone', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('leaves numbers that count or time something alone', () => {
    expect(redact({ batches: 2500, at: 1_795_508_240_171, isOpen: true, nothing: null })).toEqual({
      batches: 2500,
      at: 1_795_508_240_171,
      isOpen: true,
      nothing: null,
    });
  });

  it.each([
    'recipients',
    'Recipient',
    'dst',
    'to',
    'from',
    'text',
    'messageText',
    'body',
    'token',
    'Authorization',
    'apiKey',
    'moreInfo',
  ])('drops the field %s whole, however deep it lies', (name) => {
    expect(redact({ outer: [{ [name]: { anything: 'Doors open at 9.' } }] })).toEqual({ outer: [{ [name]: GONE }] });
  });

  it("keeps an error's words and leaves out its other fields, where the SDK puts the whole request", () => {
    const error = Object.assign(new Error('No route to +14155550101 with s3cret-key'), {
      code: 'EHOSTUNREACH',
      moreInfo: { data: 'dst=14155550101' },
      config: { headers: { Authorization: 'Basic abc' } },
      cause: new Error('connect to 14155550101'),
    });
    const clean = redact({ error }) as { error: Record<string, unknown> };
    expect(clean.error).toMatchObject({
      name: 'Error',
      message: `No route to ${GONE} with ${GONE}`,
      code: 'EHOSTUNREACH',
      cause: { message: `connect to ${GONE}` },
    });
    expect(Object.keys(clean.error).sort()).toEqual(['cause', 'code', 'message', 'name', 'stack']);
    expect(JSON.stringify(clean)).not.toMatch(/14155550101|s3cret|Basic/);
  });

  it('bears values without end', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(JSON.stringify(redact(loop))).toContain('[…]');
  });
});
