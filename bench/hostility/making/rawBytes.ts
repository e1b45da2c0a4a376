import fc from 'fast-check';
import { bytesOf, headersOf, requestHead, urlOf, type Draft, type Pair } from './draft';
import type { Input, Piece } from './input';

type Parts = {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly Pair[];
  readonly body: Buffer;
};
type Raw = Pick<Input, 'note' | 'pieces' | 'asked'>;
type Way = (parts: Parts) => fc.Arbitrary<Raw>;

const SLOWEST_MS = 300;
const KIBIBYTE = 1024;

const whole = ({ method, url, headers, body }: Parts): Buffer =>
  Buffer.concat([requestHead(method, url, headers), body]);
const atOnce = (...bytes: Buffer[]): Piece[] => [{ bytes: Buffer.concat(bytes), afterMs: 0 }];
const broken = (note: string, ...bytes: Buffer[]): Raw => ({ note, pieces: atOnce(...bytes), asked: null });
const without = (headers: readonly Pair[], name: string): Pair[] =>
  headers.filter(([one]) => one.toLowerCase() !== name.toLowerCase());

const truncated: Way = (parts) =>
  fc.nat().map((place) => {
    const bytes = whole(parts);
    return broken('cut off', bytes.subarray(0, place % bytes.length));
  });

/** Whole, but a few bytes at a time. */
const slow: Way = (parts) =>
  fc.array(fc.nat(), { minLength: 1, maxLength: 6 }).map((places) => {
    const bytes = whole(parts);
    const cuts = [...new Set(places.map((place) => place % bytes.length))].sort((a, b) => a - b);
    const pieces = [0, ...cuts].map((from, index) => ({
      bytes: bytes.subarray(from, cuts[index] ?? bytes.length),
      afterMs: index === 0 ? 0 : SLOWEST_MS / cuts.length,
    }));
    return { note: 'a few bytes at a time', pieces, asked: parts };
  });

const CHUNKS: readonly (readonly [note: string, isWhole: boolean, write: (body: Buffer) => Buffer])[] = [
  ['one chunk', true, (body) => chunked(body, body.length)],
  ['chunks of a byte', true, (body) => chunked(body.subarray(0, 300), 1)],
  ['no last chunk', false, (body) => chunked(body, 7).subarray(0, -5)],
  ['a size that is no number', false, (body) => Buffer.concat([Buffer.from('xyz\r\n'), body])],
  ['a size below zero', false, (body) => Buffer.concat([Buffer.from('-1\r\n'), body])],
  ['an endless size', false, (body) => Buffer.concat([Buffer.from('ffffffffffffffffffff\r\n'), body])],
  ['a size too small', false, (body) => Buffer.concat([Buffer.from('1\r\n'), body, Buffer.from('\r\n0\r\n\r\n')])],
  [
    'long extensions',
    false,
    (body) => Buffer.from(`1;${'x'.repeat(20 * KIBIBYTE)}\r\n${body.toString('latin1', 0, 1)}\r\n0\r\n\r\n`, 'latin1'),
  ],
  [
    'trailers',
    false,
    (body) =>
      Buffer.concat([chunked(body, 9).subarray(0, -2), Buffer.from('x-api-key: no\r\nContent-Length: 5\r\n\r\n')]),
  ],
];

function chunked(body: Buffer, size: number): Buffer {
  const parts: Buffer[] = [];
  for (let from = 0; from < body.length; from += size) {
    const part = body.subarray(from, from + size);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

const inChunks: Way = ({ method, url, headers, body }) =>
  fc.constantFrom(...CHUNKS).map(([note, isWhole, write]) => {
    const head = requestHead(method, url, [...without(headers, 'content-length'), ['Transfer-Encoding', 'chunked']]);
    const isSendable = isWhole && body.length <= 300;
    return { note: `chunked: ${note}`, pieces: atOnce(head, write(body)), asked: isSendable ? { method, url } : null };
  });

const HUGE: readonly (readonly [note: string, change: (parts: Parts) => Parts])[] = [
  ['a header of 20 kB', (parts) => ({ ...parts, headers: [...parts.headers, ['X-Long', 'x'.repeat(20 * KIBIBYTE)]] })],
  [
    '3,000 headers',
    (parts) => ({
      ...parts,
      headers: [...parts.headers, ...Array.from({ length: 3000 }, (_, index): Pair => [`X-${index}`, ''])],
    }),
  ],
  [
    'an address of 15 kB',
    (parts) => ({ ...parts, url: `${parts.url}${parts.url.includes('?') ? '&' : '?'}x=${'%41'.repeat(5 * KIBIBYTE)}` }),
  ],
  ['an address of 40 kB', (parts) => ({ ...parts, url: `/${'a'.repeat(40 * KIBIBYTE)}` })],
  ['a path of 4,000 segments', (parts) => ({ ...parts, url: '/a'.repeat(4000) })],
];

const huge: Way = (parts) => fc.constantFrom(...HUGE).map(([note, change]) => broken(note, whole(change(parts))));

/** More than BODY_LIMIT, as JSON and as a list. */
const hugeBody: Way = (parts) =>
  fc.constantFrom('application/json', 'text/csv').map((type) => {
    const body = Buffer.from(
      type === 'text/csv' ? '+14155550101\n'.repeat(300_000) : `{"message":"${'x'.repeat(3_000_000)}"}`,
    );
    const url = type === 'text/csv' ? '/broadcast/preview?message=Hi' : '/broadcast/preview';
    const rest = without(without(parts.headers, 'content-length'), 'content-type');
    const headers: Pair[] = [...rest, ['Content-Type', type], ['Content-Length', String(body.length)]];
    return {
      note: `a huge body of ${type}`,
      pieces: atOnce(whole({ method: 'POST', url, headers, body })),
      asked: null,
    };
  });

const pipelined: Way = (parts) =>
  fc.integer({ min: 2, max: 8 }).map((times) => {
    const kept = { ...parts, headers: without(parts.headers, 'connection') };
    const all = Array.from({ length: times }, (_, index) => whole(index === times - 1 ? parts : kept));
    return broken(`${times} at once`, ...all);
  });

const TWICE: readonly (readonly [note: string, add: (parts: Parts) => readonly Pair[]])[] = [
  ['Content-Length', ({ body }) => [['Content-Length', String(body.length)]]],
  ['another Content-Length', ({ body }) => [['Content-Length', String(body.length + 1)]]],
  ['Content-Length and Transfer-Encoding', () => [['Transfer-Encoding', 'chunked']]],
  ['an odd Transfer-Encoding', () => [['Transfer-Encoding', 'gzip, chunked, identity']]],
  ['Host', () => [['Host', 'other.example']]],
  ['Content-Type', () => [['Content-Type', 'text/csv']]],
  ['the key', () => [['x-api-key', 'other']]],
  ['Accept', () => [['Accept', 'text/csv']]],
  [
    'Idempotency-Key',
    () => [
      ['Idempotency-Key', 'a'],
      ['Idempotency-Key', 'b'],
    ],
  ],
  [
    'Prefer and If-Match',
    () => [
      ['Prefer', 'wait=1'],
      ['Prefer', 'wait=0'],
      ['If-Match', '"a"'],
      ['If-Match', '"b"'],
    ],
  ],
];

const twice: Way = (parts) =>
  fc
    .tuple(fc.constantFrom(...TWICE), fc.boolean())
    .map(([[note, add], isFirst]) =>
      broken(
        `twice: ${note}`,
        whole({ ...parts, headers: isFirst ? [...add(parts), ...parts.headers] : [...parts.headers, ...add(parts)] }),
      ),
    );

const strangeBytes: Way = (parts) =>
  fc
    .tuple(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 8 }), fc.nat({ max: 4 }))
    .map(([place, bytes, dropped]) => {
      const all = whole(parts);
      const at = place % all.length;
      return broken('strange bytes within', all.subarray(0, at), Buffer.from(bytes), all.subarray(at + dropped));
    });

const garbage: Way = () =>
  fc.uint8Array({ minLength: 1, maxLength: 400 }).map((bytes) => broken('no HTTP', Buffer.from(bytes)));

const HEADS: readonly (readonly [note: string, write: (head: string) => string])[] = [
  ['lines end with LF', (head) => head.replaceAll('\r\n', '\n')],
  ['lines end with CR', (head) => head.replaceAll('\r\n', '\r')],
  ['HTTP/1.0', (head) => head.replace('HTTP/1.1', 'HTTP/1.0')],
  ['HTTP/0.9', (head) => head.replace(/ HTTP\/1\.1.*/s, '\r\n')],
  ['HTTP/2.0', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['HTTP/9.9', (head) => head.replace('HTTP/1.1', 'HTTP/9.9')],
  ['no Host', (head) => head.replace(/\r\nHost: [^\r]*/, '')],
  ['a Host that is none', (head) => head.replace(/\r\nHost: [^\r]*/, '\r\nHost: a b@[::')],
  ['a header without a colon', (head) => head.replace('\r\n', '\r\nnothing\r\n')],
  ['a blank before the colon', (head) => head.replace('\r\n', '\r\nx-api-key : a\r\n')],
  ['a folded header', (head) => head.replace('\r\n', '\r\nX-Folded: a\r\n b\r\n')],
  ['TLS', () => '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003'],
  ['an absolute address', (head) => head.replace(' /', ' http://other.example/')],
  ['an address that is none', (head) => head.replace(/ \S+ /, ' http://[/ ')],
  ['an asterisk', (head) => head.replace(/^\S+ \S+/, 'OPTIONS *')],
  ['CONNECT', (head) => head.replace(/^\S+ \S+/, 'CONNECT other.example:443')],
  ['lower case', (head) => head.toLowerCase()],
  ['empty lines before', (head) => `\r\n\r\n${head}`],
];

const strangeHead: Way = ({ method, url, headers, body }) =>
  fc.constantFrom(...HEADS).map(([note, write]) => {
    const head = requestHead(method, url, headers).toString('latin1');
    return broken(note, Buffer.from(write(head), 'latin1'), body);
  });

const WAYS: readonly (readonly [weight: number, way: Way])[] = [
  [4, truncated],
  [2, slow],
  [4, inChunks],
  [2, huge],
  [0.2, hugeBody],
  [2, pipelined],
  [3, twice],
  [4, strangeBytes],
  [1, garbage],
  [4, strangeHead],
];

/** A request as bytes that no HTTP client would send. */
export function rawBytes(draft: Draft, base: string): fc.Arbitrary<Raw> {
  const parts = { method: draft.method, url: urlOf(draft), headers: headersOf(draft, base), body: bytesOf(draft.body) };
  const weighted = WAYS.map(([weight, way]) => ({ weight: weight * 5, arbitrary: fc.constant(way) }));
  return fc.oneof(...weighted).chain((way) => way(parts));
}
