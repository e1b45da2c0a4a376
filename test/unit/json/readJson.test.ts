import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { ServiceError } from '../../../src/domain/errors';
import { readJson } from '../../../src/middleware/json/readJson';

const LIMITS = { mostEntries: 1_000_000 };
const read = (text: string | Buffer) => readJson(Buffer.from(text), LIMITS);
const bodyOf = (entry: string, count: number) =>
  `{"message":"Hi","recipients":[${Array<string>(count).fill(entry).join()}],"name":"x"}`;

async function problemOf(text: string): Promise<string> {
  try {
    await read(text);
    return 'none';
  } catch (error) {
    if (error instanceof ServiceError) return error.message;
    throw error;
  }
}

describe('JSON is read as its own parser reads it', () => {
  it.each([
    ['an empty object', '{}'],
    ['a list', '[1,2,[3]]'],
    ['a lone value', '"x"'],
    ['a mark of byte order before it', '{"a":1}', '\ufeff'],
    ['a field called __proto__', '{"__proto__":{"a":1},"b":2}'],
    ['brackets and commas in strings', '{"a":"[{,]}\\"","b":["\\\\","]"]}'],
    ['the same key in several objects', '{"a":[{"a":1},{"a":1}],"b":{"a":1}}'],
    ['a long list', bodyOf('"+14155550100"', 30_000)],
    ['a long list of objects', bodyOf('{"to":"+14155550100","name":"Zoë, \\"Z\\" [1]","tags":[1,{"a":2}]}', 5000)],
    ['a list of one long entry', `{"a":["${'x'.repeat(100_000)}"]}`],
    ['a list with a long entry at its end', `{"a":[1,"${'x'.repeat(100_000)}"]}`],
    ['two long lists', `{"a":[${'1,'.repeat(50_000)}2],"b":[${'"x" , '.repeat(50_000)}null ]}`],
    ['a long list called __proto__', `{"__proto__":[${'1,'.repeat(50_000)}2]}`],
    ['a long list called as an escape says', `{"\\u0061":[${'1,'.repeat(50_000)}2]}`],
    ['blanks everywhere', ` { "a" : [ ${'\n 1 ,'.repeat(20_000)} 2 ] , "b" : { } } `],
  ])('with %s', async (_what, text, before = '') => {
    expect(await read(before + text)).toEqual(JSON.parse(text));
  });

  it('whatever stands in it, and however it is broken', async () => {
    const long = fc.array(fc.jsonValue({ maxDepth: 2 }), { minLength: 1, maxLength: 4 }).map((some) => {
      const piece = JSON.stringify(some).slice(1, -1);
      return `[${Array<string>(Math.ceil(150_000 / (piece.length + 1)))
        .fill(piece)
        .join()}]`;
    });
    const body = fc.record({
      long,
      other: fc.jsonValue({ maxDepth: 3 }),
      cut: fc.nat(),
      put: fc.constantFrom('', '', ',', ']', '{', '"', '\\', ' '),
    });
    await fc.assert(
      fc.asyncProperty(body, async ({ long: list, other, cut, put }) => {
        const whole = `{"other":${JSON.stringify(other)},"list":${list}}`;
        const at = cut % whole.length;
        const text = put === '' ? whole : whole.slice(0, at) + put + whole.slice(at);
        const expected = parsed(text);
        if (expected === null) await expect(read(text)).rejects.toThrow(ServiceError);
        else if (put === '' || !(await problemOf(text)).includes('twice')) expect(await read(text)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['nothing between two commas', `{"a":[${'1,'.repeat(50_000)},2]}`],
    ['nothing behind the last comma', `{"a":[${'1,'.repeat(50_000)}]}`],
    ['nothing before the first comma', `{"a":[,${'1,'.repeat(50_000)}1]}`],
    ['a list that ends as an object', `{"a":[${'1,'.repeat(50_000)}1}}`],
    ['a list that does not end', `{"a":[${'1,'.repeat(50_000)}1`],
    ['two objects', `{"a":[${'1,'.repeat(50_000)}1]}{"b":[${'1,'.repeat(50_000)}1]}`],
    ['a string that does not end', `{"a":[${'"1",'.repeat(50_000)}"1]}`],
    ['a line break in a string', `{"a":[${'"1",'.repeat(50_000)}"\n"]}`],
  ])('and is none with %s', async (_what, text) => {
    expect(await problemOf(text)).toMatch(/not valid JSON/);
  });
});

describe('JSON is refused that says a thing twice', () => {
  it.each([
    ['beside each other', '{"message":"a","message":"b"}', 'message'],
    ['far apart', `{"message":"a","recipients":[${'1,'.repeat(50_000)}2],"message":"b"}`, 'message'],
    ['two long lists', `{"a":[${'1,'.repeat(50_000)}2],"a":[${'1,'.repeat(50_000)}2]}`, 'a'],
    ['within a field', '{"canary":{"recipients":1,"waitSeconds":5,"recipients":2}}', 'recipients'],
    ['within an entry', '{"recipients":[{"to":"1","name":"x","to":"2"}]}', 'to'],
    ['once with an escape', '{"to":1,"t\\u006f":2}', 'to'],
    ['in other letters with escapes', '{"Zo\\u00eb":1,"Zoë":2}', 'Zoë'],
  ])('%s', async (_what, text, field) => {
    expect(await problemOf(text)).toContain(`the field "${field}" twice`);
  });
});

describe('JSON is refused that is made to be hard work', () => {
  it.each([
    ['ten million empty objects', () => `{"recipients":[${'{},'.repeat(10_000_000)}{}]}`, /at most 1000000 entries/],
    [
      'ten million nested lists',
      () => `{"recipients":[${'['.repeat(10_000_000)}${']'.repeat(10_000_000)}]}`,
      /lists and objects/,
    ],
    [
      'millions of keys in one object',
      () => `{"a":[{${Array.from({ length: 1_500_000 }, (_, at) => `"k${at}":1`).join()}}]}`,
      /fields in one object/,
    ],
    [
      'as many different keys in as many objects',
      () => `{"a":[${Array.from({ length: 500_000 }, (_, at) => `{"k${at}":1}`).join()}]}`,
      /sets of fields/,
    ],
    [
      'megabytes of escapes in one text',
      () => `{"message":"${'\\u0000'.repeat(5_000_000)}"}`,
      /bytes beside its lists/,
    ],
    ['megabytes in one entry', () => `{"recipients":["${'1'.repeat(5_000_000)}"]}`, /bytes in entry 0 of "recipients"/],
    ['megabytes of blanks', () => `{${' '.repeat(5_000_000)}}`, /bytes beside its lists/],
  ])('%s', async (_what, textOf, problem) => {
    expect(await problemOf(textOf())).toMatch(problem);
  });
});

describe('while a large body is read', () => {
  it('others have their turn, however it is made, and the next large one waits', async () => {
    const progress = { isOver: false };
    const first = read(bodyOf('{}', 300_000)).finally(() => (progress.isOver = true));
    const second = read(bodyOf('{}', 300_000)).then(() => progress.isOver);
    let turns = 0;
    for (; !progress.isOver; turns++) await nextTurn();
    expect(turns).toBeGreaterThan(10);
    await first;
    expect(await second).toBe(true);
  });

  it('one that is none holds up no other', async () => {
    const [broken, fine] = await Promise.allSettled([read(`${bodyOf('1', 200_000)}]`), read(bodyOf('1', 200_000))]);
    expect([broken.status, fine.status]).toEqual(['rejected', 'fulfilled']);
  });
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
