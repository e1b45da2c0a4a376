import fc from 'fast-check';
import { classifyRejection, classifyResolution, NO_ANSWER, UNREADABLE } from '../../../src/domain/outcome/sendOutcome';

const stack = (line: string) =>
  `${line}\n    at connect ECONNREFUSED (/srv/timeout of 1ms exceeded/getaddrinfo.js:1:1)`;
const hostile = (key: string) =>
  Object.defineProperty({}, key, {
    get() {
      throw new Error('no');
    },
  });
const cyclic: Record<string, unknown> = { status: 400 };
cyclic['message'] = cyclic;

describe('a 400 is of the numbers, all of them,', () => {
  const codeOf = (message: unknown, status = 400) => classifyRejection({ status, message }).code;

  it.each([
    'invalid phone numbers',
    'Invalid phone number(s)',
    'dst parameter is not valid',
    'no valid number in dst',
    { dst: ['is invalid'] },
    'destination number is not a valid number',
  ])('where Plivo says: %j', (said) => {
    expect(codeOf(said)).toBe('invalid_numbers');
    expect(codeOf(said, 422)).toBe('unprocessable');
  });

  it.each(['invalid src number', 'sender number is invalid', 'text is not valid', 'from number is not valid', ''])(
    'and not where it says: %j',
    (said) => {
      expect(codeOf(said)).toBe('bad_request');
    },
  );
});

describe('a rejection', () => {
  it.each<[string, unknown, string, string, number | null]>([
    [
      'a refused connection',
      stack('Error: connect ECONNREFUSED 127.0.0.1:443'),
      'refused_for_now',
      'connection_refused',
      null,
    ],
    [
      'no way to any of several addresses',
      stack('AggregateError: connect ETIMEDOUT 192.0.2.1:443; connect ENETUNREACH 2001:db8::1:443 - Local (:::0)'),
      'refused_for_now',
      'connection_failed',
      null,
    ],
    ['an unknown host', stack('Error: getaddrinfo ENOTFOUND api.example.com'), 'refused_for_now', 'dns', null],
    [
      'a name server that is down',
      stack('Error: getaddrinfo EAI_AGAIN api.example.com'),
      'refused_for_now',
      'dns',
      null,
    ],
    [
      'a time-out while connecting',
      stack('Error: connect ETIMEDOUT 192.0.2.1:443'),
      'refused_for_now',
      'connection_failed',
      null,
    ],
    [
      'an unreachable network',
      stack('Error: connect ENETUNREACH 192.0.2.1:443'),
      'refused_for_now',
      'connection_failed',
      null,
    ],
    ['an expired certificate', stack('Error: certificate has expired'), 'refused_for_now', 'tls_failed', null],
    [
      'a close during the TLS handshake',
      stack('Error: Client network socket disconnected before secure TLS connection was established'),
      'refused_for_now',
      'tls_failed',
      null,
    ],
    ['a time-out of the request', stack('AxiosError: timeout of 15000ms exceeded'), 'unknown', 'timeout', null],
    ['a time-out while reading', stack('Error: read ETIMEDOUT'), 'unknown', 'timeout', null],
    ['a reset', stack('Error: read ECONNRESET'), 'unknown', 'connection_lost', null],
    ['a broken pipe', stack('Error: write EPIPE'), 'unknown', 'connection_lost', null],
    ['a hang-up', stack('Error: socket hang up'), 'unknown', 'connection_lost', null],
    ['a cut answer', stack('AxiosError: stream has been aborted'), 'unknown', 'connection_lost', null],
    [
      'a loop of redirects',
      stack('Error [ERR_FR_TOO_MANY_REDIRECTS]: Maximum number of redirects exceeded'),
      'unknown',
      'redirected',
      null,
    ],
    ['an answer that is not HTTP', stack('Error: Parse Error: Expected HTTP/'), 'unknown', 'unreadable_answer', null],
    [
      'a transport failure as an error',
      new Error('connect ECONNREFUSED 127.0.0.1:443'),
      'refused_for_now',
      'connection_refused',
      null,
    ],
    ['words that only its stack explains', stack('Error: surprise'), 'unknown', 'unrecognised', null],
    [
      'a status in the text',
      new Error('AxiosError: Request failed with status code 429'),
      'refused_for_now',
      'rate_limited',
      429,
    ],
    [
      'a status in a string',
      stack('AxiosError: Request failed with status code 503'),
      'refused_for_now',
      'unavailable',
      503,
    ],
    [
      'a status quoted by Plivo',
      { status: 400, message: 'Request failed with status code 429' },
      'refused_for_good',
      'bad_request',
      400,
    ],
    ['a status quoted elsewhere', new Error('x: Request failed with status code 429'), 'unknown', 'unrecognised', null],
    ['a status of its own', { status: 405, message: 'no' }, 'refused_for_good', 'method_not_allowed', 405],
    [
      'no credit',
      { status: 400, message: 'Your account has insufficient credits' },
      'account_fault',
      'insufficient_credit',
      400,
    ],
    [
      'no credit, in an object',
      { status: 422, message: { account: ['not enough balance'] } },
      'account_fault',
      'insufficient_credit',
      422,
    ],
    [
      'no credit, under 401',
      { status: 401, message: 'Insufficient funds' },
      'account_fault',
      'insufficient_credit',
      401,
    ],
    ['talk of credit in a 500', { status: 500, message: 'insufficient credit' }, 'unknown', 'server_error', 500],
    ['a proxy that wants a password', { status: 407 }, 'account_fault', 'proxy_unauthorized', 407],
    ['an early request', { status: 425 }, 'refused_for_now', 'too_early', 425],
    ['an unlisted 4xx', { status: 451 }, 'refused_for_good', 'refused', 451],
    ['an unlisted 5xx', { status: 599 }, 'unknown', 'server_error', 599],
    ['a redirect', { status: 308 }, 'unknown', 'redirected', 308],
    ['a strange status', { status: 199 }, 'unknown', 'unrecognised', 199],
    ['a status that is text', { status: '400' }, 'unknown', 'unrecognised', null],
    ['a status out of range', { status: 4000 }, 'unknown', 'unrecognised', null],
    ['a message that is its own error', cyclic, 'refused_for_good', 'bad_request', 400],
    ['a message that throws', Object.assign(hostile('message'), { status: 404 }), 'refused_for_good', 'not_found', 404],
    ['a status that throws', hostile('status'), 'unknown', 'unrecognised', null],
    [
      'a message without end',
      { status: 400, message: 'no '.repeat(1_000_000) },
      'refused_for_good',
      'bad_request',
      400,
    ],
    ['a revoked proxy', revoked(), 'unknown', 'unrecognised', null],
    ['undefined', undefined, 'unknown', 'unrecognised', null],
    ['null', null, 'unknown', 'unrecognised', null],
    ['a symbol', Symbol('x'), 'unknown', 'unrecognised', null],
  ])('that is %s', (_name, rejection, kind, code, status) => {
    const outcome = classifyRejection(rejection);
    expect(outcome).toMatchObject({ kind, code, status });
    expect(outcome.reason.length).toBeLessThan(400);
  });

  it("is explained with Plivo's words, when they are safe", () => {
    expect(classifyRejection({ status: 400, message: 'src is not valid' }).reason).toBe(
      'Plivo found the request faulty: src is not valid',
    );
    expect(classifyRejection({ status: 400, message: { dst: ['is\nrequired'] } }).reason).toBe(
      'Plivo found the request faulty: dst: is required',
    );
    expect(classifyRejection({ status: 400, message: '<p>Bad</p>' }).reason).toBe('Plivo found the request faulty.');
  });

  it.each([
    '+14155550100',
    '14155550100',
    '+1 (415) 555-0100',
    '+44 7700 900100',
    '4155.550.100',
    '١٤١٥٥٥٥٠١٠٠',
    'TWFFWEFNUExFOmV4YW1wbGUtdG9rZW4=',
    'see you at nine',
  ])('never repeats %s', (secret) => {
    const { reason } = classifyRejection({ status: 400, message: `bad: ${secret}, ${secret}!` }, ['see you at nine']);
    expect(reason).toBe('Plivo found the request faulty: bad: …, …!');
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe('a resolved call', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a page', '<html></html>'],
    ['empty fields', { apiId: undefined, message: undefined, messageUuid: undefined }],
    ['no messages', { messageUuid: [] }],
    ['messages that are not text', { messageUuid: [1, null, {}, ''] }],
    ['a list', []],
    ['fields that throw', hostile('messageUuid')],
    ['a revoked proxy', revoked()],
    ['a revoked proxy as messages', { messageUuid: revoked() }],
  ])('with %s is unreadable', (_name, value) => {
    expect(classifyResolution(value)).toBe(UNREADABLE);
  });

  it.each<[string, object, { messageUuids: string[]; invalidNumbers: string[] }]>([
    ['messages', { messageUuid: ['u-1', 'u-2'] }, { messageUuids: ['u-1', 'u-2'], invalidNumbers: [] }],
    ['one message', { messageUuid: 'u-1' }, { messageUuids: ['u-1'], invalidNumbers: [] }],
    [
      'only invalid numbers',
      { messageUuid: [], invalid_number: ['1415'] },
      { messageUuids: [], invalidNumbers: ['1415'] },
    ],
    [
      'one invalid number',
      { messageUuid: ['u-1'], invalid_number: '1415' },
      { messageUuids: ['u-1'], invalidNumbers: ['1415'] },
    ],
    [
      'the name of the typings',
      { messageUuid: ['u-1'], invalidNumber: ['1415'] },
      { messageUuids: ['u-1'], invalidNumbers: ['1415'] },
    ],
  ])('with %s is accepted', (_name, value, expected) => {
    const outcome = classifyResolution({ apiId: 'a-1', message: 'message(s) queued', ...value });
    expect(outcome).toEqual({ kind: 'accepted', apiId: 'a-1', message: 'message(s) queued', ...expected });
  });
});

describe('whatever is thrown', () => {
  const number = fc.stringMatching(/^\+[1-9][0-9]{7,14}$/);
  const words = fc
    .array(fc.oneof(number, fc.string(), fc.constantFrom('Request failed with status code 4', 'connect E', ': ')), {
      maxLength: 6,
    })
    .map((parts) => parts.join(''));
  const thrown = fc.oneof(
    fc.anything({ withNullPrototype: true, withBigInt: true, withTypedArray: true }),
    words,
    words.map((text) => new Error(text)),
    fc.record({
      status: fc.oneof(fc.integer({ min: 90, max: 610 }), fc.anything()),
      message: fc.oneof(words, fc.anything()),
    }),
    fc.record({
      status: fc.integer({ min: 400, max: 599 }),
      message: fc.dictionary(fc.string(), fc.oneof(words, fc.array(words))),
    }),
  );

  it('has an outcome, in words without a number', () => {
    fc.assert(
      fc.property(thrown, (value) => {
        const { kind, code, reason } = classifyRejection(value);
        expect(kind).toMatch(/^(refused_for_now|refused_for_good|account_fault|forbidden|unknown)$/);
        expect(code).toMatch(/^[a-z_]+$/);
        expect(reason).not.toMatch(/\d{5}/);
        expect(reason).not.toMatch(/[\r\n]/);
      }),
      { numRuns: 300 },
    );
  });

  it('does not show the number that was fed in', () => {
    fc.assert(
      fc.property(
        number,
        fc.string(),
        fc.string(),
        fc.integer({ min: 400, max: 599 }),
        (dst, before, after, status) => {
          const { reason } = classifyRejection({ status, message: before + dst + after });
          expect(reason).not.toContain(dst.slice(1));
        },
      ),
    );
  });

  it('or resolved, never makes the classifier throw', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(classifyResolution(value).kind).toMatch(/^(accepted|unknown)$/);
      }),
    );
  });
});

it('gives silence a name', () => {
  expect(NO_ANSWER).toMatchObject({ kind: 'unknown', code: 'timeout', status: null });
});
