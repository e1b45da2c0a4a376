import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { API_KEY, JWT_AUDIENCE, JWT_ISSUER } from '../../stage/account';
import { BROKEN_JSON, changedValue } from './changedJson';
import { bytesOf, type Draft, type Pair } from './draft';
import { oddText } from './oddValues';

export type Changed = { readonly draft: Draft; readonly note: string };
type Change = (draft: Draft) => fc.Arbitrary<Changed>;

const CONTENT_TYPES = [
  '',
  'json',
  ';;;',
  'text/plain',
  'application/json; charset=utf-7',
  'application/json; charset=utf-16',
  'application/json;charset="',
  'Application/JSON ; x=y',
  'application/vnd.api+json',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  `multipart/form-data; boundary=${'b'.repeat(300)}`,
  'multipart/mixed; boundary=x',
  'text/csv; charset=ebcdic',
  'text/csv; header=absent',
  'application/gzip',
  'application/octet-stream',
  'a'.repeat(3000),
];

const METHODS = ['HEAD', 'OPTIONS', 'PATCH', 'PUT', 'POST', 'DELETE', 'GET', 'TRACE', 'PROPFIND', 'SEARCH', 'M-SEARCH'];

/** Signed by nobody, with claims as good ones have them. */
function tokenOf(head: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: JWT_ISSUER,
    aud: JWT_AUDIENCE,
    sub: 'fuzz',
    scope: 'send read manage approve',
    exp: 4_102_444_800,
  };
  return `${part(head)}.${part(claims)}.${Buffer.alloc(256, 1).toString('base64url')}`;
}

/** Headers that something along the way may act upon. */
const HEADERS: readonly Pair[] = [
  ['Accept', '*/*;q=0'],
  ['Accept', 'text/csv;q=1, application/json;q=1;x'],
  ['Accept', ','.repeat(500)],
  ['Accept-Encoding', 'gzip, br;q=0, *;q=0.1'],
  ['Accept-Language', 'x'.repeat(500)],
  ['Authorization', 'Bearer'],
  ['Authorization', 'Bearer a.b.c'],
  ['Authorization', `Bearer ${tokenOf({ alg: 'none' })}`],
  ['Authorization', `Bearer ${tokenOf({ alg: 'HS256', kid: 'k' })}`],
  ['Authorization', `Bearer ${tokenOf({ alg: 'RS256', kid: '../../etc/passwd' })}`],
  ['Authorization', `Bearer ${tokenOf({ alg: 'RS256', kid: 'k', jku: 'http://127.0.0.1:9/', crit: ['x'] })}`],
  ['Authorization', 'Basic YTpi'],
  ['Authorization', `Bearer ${'e'.repeat(4000)}`],
  ['Content-Encoding', 'gzip'],
  ['Content-Encoding', 'br'],
  ['Content-Encoding', 'zstd'],
  ['Content-Encoding', 'gzip, gzip'],
  ['Cookie', 'a=b; __proto__=c'],
  ['Expect', '100-continue'],
  ['Expect', 'the-unexpected'],
  ['Idempotency-Key', ''],
  ['Idempotency-Key', 'k'.repeat(256)],
  ['Idempotency-Key', '\u00e9\u00ff'],
  ['If-Match', '*'],
  ['If-Match', '"", W/"x"'],
  ['If-Match', '"'.repeat(400)],
  ['If-None-Match', '*'],
  ['If-Modified-Since', 'Thu, 99 Foo 0000'],
  ['Last-Event-ID', '-1'],
  ['Last-Event-ID', '9'.repeat(400)],
  ['Prefer', 'wait=99999999999999999999'],
  ['Prefer', 'respond-async, wait=1; x="'],
  ['Range', 'bytes=5-1,-0,9999999999999999999-'],
  ['Upgrade', 'websocket'],
  ['X-Forwarded-For', '::ffff:1.2.3.4, unknown, "'],
  ['X-Forwarded-Host', 'evil.example'],
  ['X-Http-Method-Override', 'DELETE'],
  ['X-Request-Id', '<script>'],
  ['x-api-key', ''],
  ['x-api-key', '\u00ff'],
  ['x-api-key', 'k'.repeat(5000)],
  ['X-Plivo-Signature-V3', ','],
  ['X-Plivo-Signature-V3-Nonce', ''],
];

const note = (draft: Draft, what: string): Changed => ({ draft, note: what });
const without = (headers: readonly Pair[], name: string): Pair[] =>
  headers.filter(([one]) => one.toLowerCase() !== name.toLowerCase());
const withHeader = (draft: Draft, [name, value]: Pair): Draft => ({
  ...draft,
  headers: [...without(draft.headers, name), [name, value]],
});

const body: Change = (draft) => {
  if (draft.body === null) return fc.constant(note({ ...draft, body: { json: {} } }, 'a body where none belongs'));
  if ('json' in draft.body)
    return changedValue(draft.body.json).map((json) => note({ ...draft, body: { json } }, 'another value in the body'));
  if ('form' in draft.body) {
    const { form } = draft.body;
    return fc.tuple(fc.nat(), oddText).map(([place, odd]) =>
      note(
        {
          ...draft,
          body: { form: form.map(([name, value], index) => [name, index === place % form.length ? odd : value]) },
        },
        'another value in the form',
      ),
    );
  }
  return brokenBytes(draft.body.bytes).map((bytes) => note({ ...draft, body: { bytes } }, 'broken bytes in the file'));
};

/** Bytes of which some are others, missing or there twice. */
function brokenBytes(bytes: Buffer): fc.Arbitrary<Buffer> {
  return fc.tuple(fc.nat(), fc.nat({ max: 40 }), fc.uint8Array({ maxLength: 40 })).map(([place, length, others]) => {
    const at = bytes.length === 0 ? 0 : place % bytes.length;
    return Buffer.concat([bytes.subarray(0, at), others, bytes.subarray(at + length)]);
  });
}

const writing: Change = (draft) =>
  fc.constantFrom(...BROKEN_JSON).map(([what, write]) => {
    const json = draft.body !== null && 'json' in draft.body ? JSON.stringify(draft.body.json ?? {}) : '{"a":"b"}';
    const asJson = withHeader(draft, ['Content-Type', 'application/json']);
    return note({ ...asJson, body: { bytes: write(json) } }, `JSON: ${what}`);
  });

const contentType: Change = (draft) =>
  fc
    .oneof(fc.constantFrom(...CONTENT_TYPES), fc.string({ maxLength: 30 }))
    .map((type) => note(withHeader(draft, ['Content-Type', inHeader(type)]), `content type "${type.slice(0, 40)}"`));

const ENCODERS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync } as const;
/** More than the service is told to take, and little once it is compressed. */
const BOMB = gzipSync(Buffer.alloc(30_000_000, 'a'));

const encoding: Change = (draft) =>
  fc
    .tuple(
      fc.constantFrom(...(['gzip', 'deflate', 'br'] as const)),
      fc.constantFrom('whole', 'cut', 'mixed up', 'bomb'),
      fc.nat(),
    )
    .map(([name, way, place]) => {
      const compressed = ENCODERS[name](bytesOf(draft.body));
      const bytes = {
        whole: compressed,
        cut: compressed.subarray(0, place % (compressed.length + 1)),
        'mixed up': Buffer.concat([compressed.subarray(compressed.length >> 1), compressed]),
        bomb: BOMB,
      }[way];
      const header: Pair = ['Content-Encoding', way === 'bomb' ? 'gzip' : name];
      return note({ ...withHeader(draft, header), body: { bytes } }, `compressed, ${way}`);
    });

const query: Change = (draft) =>
  fc
    .tuple(
      fc.constantFrom('other', 'twice', 'unknown', 'brackets', 'many'),
      fc.constantFrom('limit', 'cursor', 'status', 'test', 'version', 'fields'),
      oddText,
    )
    .map(([way, name, odd]) => {
      const added: Pair[] = {
        other: [[name, odd] as const],
        twice: [[name, '1'] as const, [name, odd] as const],
        unknown: [[odd, '1'] as const],
        brackets: [[`${name}[]`, '1'] as const, [`${name}[a][b]`, odd] as const],
        many: Array.from({ length: 1200 }, (_, index) => [`p${index}`, ''] as const),
      }[way];
      const kept = way === 'other' ? draft.query.filter(([one]) => one !== name) : draft.query;
      return note({ ...draft, query: [...kept, ...added] }, `query: ${way} ${name}`);
    });

const path: Change = (draft) =>
  fc
    .tuple(fc.nat(), fc.constantFrom('segment', 'raw', 'slash', 'slashes', 'dots', 'case', 'longer'), oddText)
    .map(([place, way, odd]) => {
      const segments = draft.path.split('/');
      const at = 1 + (place % Math.max(1, segments.length - 1));
      const replaced = (text: string) => segments.map((segment, index) => (index === at ? text : segment)).join('/');
      const changed = {
        segment: replaced(encoded(odd)),
        raw: replaced(['%', '%zz', '%c0%80', '%00', '%2f', '%2e%2e', ';a=b', '*', ':', '\\'][place % 10] ?? ''),
        slash: `${draft.path}/`,
        slashes: draft.path.replaceAll('/', '//'),
        dots: `/./x/..${draft.path}`,
        case: draft.path.toUpperCase(),
        longer: `${draft.path}/${encoded(odd)}`,
      }[way];
      return note({ ...draft, path: changed }, `path: ${way}`);
    });

const method: Change = (draft) =>
  fc.constantFrom(...METHODS).map((other) => note({ ...draft, method: other }, `method ${other}`));

const header: Change = (draft) =>
  fc
    .constantFrom(...HEADERS)
    .map((pair) => note(withHeader(draft, pair), `header ${pair[0]}: ${pair[1].slice(0, 40)}`));

const anyHeader: Change = (draft) =>
  fc
    .tuple(fc.constantFrom('Accept', 'Prefer', 'Idempotency-Key', 'If-Match', 'Last-Event-ID', 'X-Request-Id'), oddText)
    .map(([name, odd]) => note(withHeader(draft, [name, inHeader(odd)]), `another value of ${name}`));

const key: Change = (draft) =>
  fc
    .constantFrom<Pair | null>(null, ['x-api-key', 'wrong-key-entirely'], ['x-api-key', API_KEY.slice(1)])
    .map((pair) => {
      const bare = { ...draft, headers: without(draft.headers, 'x-api-key') };
      return note(pair === null ? bare : withHeader(bare, pair), pair === null ? 'without a key' : 'a wrong key');
    });

/** Signed before it was changed: as far as Plivo's signature goes, from Plivo. */
const unsigned: Change = (draft) => fc.constant(note({ ...draft, isSigned: false }, 'without a signature'));

const CHANGES: readonly (readonly [weight: number, change: Change])[] = [
  [8, body],
  [4, writing],
  [2, contentType],
  [1, encoding],
  [3, query],
  [3, path],
  [1, method],
  [3, header],
  [2, anyHeader],
  [1, key],
  [1, unsigned],
];

const one = (changed: Changed): fc.Arbitrary<Changed> =>
  fc
    .oneof(...CHANGES.map(([weight, change]) => ({ weight, arbitrary: fc.constant(change) })))
    .chain((change) => change(changed.draft))
    .map(({ draft, note: what }) => ({ draft, note: changed.note === '' ? what : `${changed.note}; ${what}` }));

/** One to three things about a request are not as they were. */
export const changedDraft = (draft: Draft): fc.Arbitrary<Changed> =>
  fc.oneof(
    { weight: 6, arbitrary: one({ draft, note: '' }) },
    { weight: 3, arbitrary: one({ draft, note: '' }).chain(one) },
    { weight: 1, arbitrary: one({ draft, note: '' }).chain(one).chain(one) },
  );

/** What may stand in a header at all; what may not is tried with raw bytes. */
const inHeader = (text: string): string => text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?').slice(0, 4000);

/** As a browser would; half a character is written as what stands for it. */
const encoded = (text: string): string => encodeURIComponent(Buffer.from(text).toString());
