import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { validateSignature, validateV3Signature } from 'plivo';
import { plivosSignatures, type SignedRequest } from '../../src/services/plivo/plivoSignature';

const TOKEN = 'MAY_AUTH_TOKEN_EXAMPLE';
const NONCE = '12345678901234567890';
const REPORT = { From: '14155550100', MessageUUID: 'u-1', Status: 'delivered', To: '14155550101' };
const POST: SignedRequest = {
  method: 'POST',
  url: 'https://h.example.com/cb',
  params: REPORT,
  headers: {},
  authToken: TOKEN,
};

const verifyPlivoSignature = (request: SignedRequest) => plivosSignatures(request).length > 0;

const sign = (text: string, token = TOKEN) => createHmac('sha256', token).update(text).digest('base64');
const V2 = sign(`https://h.example.com/cb${NONCE}`);
const V3 = sign(`https://h.example.com/cb?From14155550100MessageUUIDu-1StatusdeliveredTo14155550101.${NONCE}`);

const v2 = (signature: string | string[], nonce: string | string[] = NONCE) => ({
  'x-plivo-signature-v2': signature,
  'x-plivo-signature-v2-nonce': nonce,
});
const v3 = (signature: string | string[], nonce: string | string[] = NONCE) => ({
  'x-plivo-signature-v3': signature,
  'x-plivo-signature-v3-nonce': nonce,
});

describe('known signatures', () => {
  it('has the V2 vector of the tests of plivo-node', () => {
    const headers = v2('ehV3IKhLysWBxC1sy8INm0qGoQYdYsHwuoKjsX7FsXc=', '12345');
    expect(verifyPlivoSignature({ ...POST, url: 'https://answer.url', headers, authToken: 'my_auth_token' })).toBe(
      true,
    );
  });

  it('has a V2 vector with a path', () => {
    expect(verifyPlivoSignature({ ...POST, headers: v2('pIV/L5YPGGK9l0Xh1G89u64yAaoOhJAgBqS3spvdrQM=') })).toBe(true);
  });

  it('has a V3 vector that the SDK accepts', () => {
    expect(V3).toBe('5EtMNZKM30MJco2zflrkcaGcNmxqk51+s0VQy2LfEaU=');
    expect(validateV3Signature('POST', POST.url, NONCE, TOKEN, V3, { ...REPORT })).toBe(true);
    expect(verifyPlivoSignature({ ...POST, headers: v3(V3) })).toBe(true);
  });
});

describe('a request is trusted', () => {
  it.each<[string, SignedRequest['headers']]>([
    ['V2 alone', v2(V2)],
    ['V3 alone', v3(V3)],
    ['the V2 signature of the main account', { 'x-plivo-signature-ma-v2': V2, 'x-plivo-signature-v2-nonce': NONCE }],
    ['the V3 signature of the main account', { 'x-plivo-signature-ma-v3': V3, 'x-plivo-signature-v3-nonce': NONCE }],
    ['one signature of a V3 list', v3(`${sign('x')},${V3}`)],
    ['one signature of a V3 list with blanks', v3(`${sign('x')}, ${V3}`)],
    ['a V3 that fits beside a V2 that does not', { ...v2(sign('x')), ...v3(V3) }],
    ['header names in capitals', { 'X-Plivo-Signature-V2': V2, 'X-Plivo-Signature-V2-Nonce': NONCE }],
    ['headers given as lists of one', v2([V2], [NONCE])],
  ])('by %s', (_name, headers) => {
    expect(verifyPlivoSignature({ ...POST, headers })).toBe(true);
  });
});

it('what is remembered of a request is the same, however address and nonce of V2 are cut', () => {
  const signedAs = (url: string, nonce: string) => plivosSignatures({ ...POST, url, headers: v2(V2, nonce) });
  const [whole] = signedAs('https://h.example.com/cb', NONCE);
  expect(whole).toBeDefined();
  expect(signedAs('https://h.example.com/c', `b${NONCE}`)).toEqual([whole]);
  expect(signedAs('https://h.example.com/', `cb${NONCE}`)).toEqual([whole]);
});

describe('a request is turned away', () => {
  const bad = (change: Partial<SignedRequest>): Partial<SignedRequest> => ({
    headers: { ...v2(V2), ...v3(V3) },
    ...change,
  });

  it.each<[string, Partial<SignedRequest>]>([
    ['no header at all', { headers: {} }],
    ['a signature without nonce', { headers: { 'x-plivo-signature-v2': V2, 'x-plivo-signature-v3': V3 } }],
    ['a nonce without signature', { headers: { 'x-plivo-signature-v2-nonce': NONCE } }],
    ['empty headers', { headers: { ...v2('', ''), ...v3('', '') } }],
    ['undefined headers', { headers: { 'x-plivo-signature-v2': undefined, 'x-plivo-signature-v2-nonce': undefined } }],
    ['two nonces', { headers: v2(V2, [NONCE, NONCE]) }],
    ["the other version's nonce", { headers: { 'x-plivo-signature-v2': V2, 'x-plivo-signature-v3-nonce': NONCE } }],
    ['a V2 signature under the V3 name', { headers: v3(V2) }],
    ['a signature that is cut', { headers: v3(V3.slice(0, -1)) }],
    ['a signature with letters of another case', { headers: v3(V3.toLowerCase()) }],
    ['another body, under V3', { headers: v3(V3), params: { ...REPORT, Status: 'failed' } }],
    ['a field more, under V3', { headers: v3(V3), params: { ...REPORT, ErrorCode: '200' } }],
    ['a nested field, under V3', { headers: v3(V3), params: { ...REPORT, To: {} as unknown as string } }],
    ['another method, under V3', { headers: v3(V3), method: 'GET' }],
    ['another path', bad({ url: 'https://h.example.com/cc' })],
    ['another host', bad({ url: 'https://i.example.com/cb' })],
    ['another scheme', bad({ url: 'http://h.example.com/cb' })],
    ['an explicit port that Plivo was not given', bad({ url: 'https://h.example.com:443/cb' })],
    ['no url', bad({ url: '' })],
    ['a url without a host', bad({ url: '/cb' })],
    ['another token', bad({ authToken: 'other' })],
    ['an empty token', bad({ authToken: '' })],
  ])('for %s', (_name, change) => {
    expect(verifyPlivoSignature({ ...POST, ...change })).toBe(false);
  });

  it('even when it is signed with an empty token', () => {
    const signed = createHmac('sha256', '').update(`https://h.example.com/cb${NONCE}`).digest('base64');
    expect(verifyPlivoSignature({ ...POST, headers: v2(signed), authToken: '' })).toBe(false);
  });
});

it('leaves the parameters in the order they came in', () => {
  const params = { b: ['2', '1'], a: '0' };
  verifyPlivoSignature({ ...POST, params, headers: v3(V3) });
  expect(params).toEqual({ b: ['2', '1'], a: '0' });
});

describe("the SDK's helpers agree", () => {
  // The SDK asks `instanceof Array`, which under jest is false for lists made by Node itself, as those of a parsed query are.
  beforeAll(() => Object.defineProperty(Array, Symbol.hasInstance, { value: Array.isArray, configurable: true }));
  afterAll(() => Reflect.deleteProperty(Array, Symbol.hasInstance));

  const word = fc.stringMatching(/^[A-Za-z0-9_.~-]{1,8}$/);
  const url = fc
    .record({
      scheme: fc.constantFrom('http', 'https'),
      host: fc.constantFrom('h.example.com', 'localhost', '127.0.0.1'),
      port: fc.constantFrom('', ':443', ':80', ':8443'),
      path: fc.array(word, { maxLength: 4 }).map((parts) => parts.map((part) => `/${part}`).join('')),
      slash: fc.constantFrom('', '/'),
      query: fc.array(
        fc.tuple(word, fc.constantFrom('=', ''), fc.constantFrom('', '1', 'a%20b', 'c+d', '%C3%BC', '%zz')),
        {
          maxLength: 4,
        },
      ),
      mark: fc.constantFrom('', '?'),
      fragment: fc.constantFrom('', '#part?x=1'),
    })
    .map(({ scheme, host, port, path, slash, query, mark, fragment }) => {
      const fields = query.map(([key, equals, value]) => key + equals + (equals === '' ? '' : value)).join('&');
      return `${scheme}://${host}${port}${path}${slash}${fields === '' ? mark : `?${fields}`}${fragment}`;
    });
  // Names that every object has are left out: the SDK throws on them, ours takes them as names.
  const key = fc.oneof(word, fc.constantFrom('Text', 'From', 'Größe')).filter((name) => !(name in {}));
  const value = fc.oneof(fc.string({ unit: 'grapheme' }), word);
  const params = fc.dictionary(key, fc.oneof(value, fc.array(value, { maxLength: 3 })), {
    maxKeys: 5,
    noNullPrototype: true,
  });
  const token = fc.stringMatching(/^[A-Za-z0-9]{8,40}$/);
  const nonce = fc.stringMatching(/^[0-9]{5,20}$/);

  it('on the address that V2 signs', () => {
    fc.assert(
      fc.property(url, nonce, token, fc.boolean(), (address, once, authToken, honest) => {
        const signature = sign((address.split(/[?#]/)[0] ?? '') + once, honest ? authToken : 'other');
        expect(validateSignature(address, once, signature, authToken)).toBe(honest);
        expect(verifyPlivoSignature({ ...POST, url: address, headers: v2(signature, once), authToken })).toBe(honest);
      }),
    );
  });

  it.each(['GET', 'POST'] as const)('on what V3 signs of a %s', (method) => {
    fc.assert(
      fc.property(url, params, nonce, token, fc.boolean(), (address, fields, once, authToken, honest) => {
        const signature = sdkSignature(method, address, once, honest ? authToken : 'other', fields);
        const ours = verifyPlivoSignature({
          method,
          url: address,
          params: fields,
          headers: v3(signature, once),
          authToken,
        });
        expect(ours).toBe(honest);
        expect(validateV3Signature(method, address, once, authToken, signature, structuredClone(fields))).toBe(honest);
      }),
    );
  });

  /** The SDK only compares, so its own signature is caught where it is made: in the HMAC. */
  function sdkSignature(
    method: string,
    address: string,
    once: string,
    authToken: string,
    fields: SignedRequest['params'],
  ): string {
    const crypto = jest.requireActual<{ createHmac: typeof createHmac }>('node:crypto');
    const original = crypto.createHmac;
    let signature = '';
    const spy = jest.spyOn(crypto, 'createHmac').mockImplementation((algorithm, secret) => {
      const hmac = original(algorithm, secret);
      const update = hmac.update.bind(hmac);
      hmac.update = (text: string) => {
        signature = original(algorithm, secret).update(text).digest('base64');
        return update(text);
      };
      return hmac;
    });
    validateV3Signature(method, address, once, authToken, 'none', structuredClone(fields));
    spy.mockRestore();
    return signature;
  }
});
