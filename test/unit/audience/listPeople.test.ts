import fc from 'fast-check';
import {
  ChunkCutter,
  chunksAnew,
  mergedValues,
  readChunk,
  written,
  writtenValues,
  type FieldValues,
  type Person,
} from '../../../src/domain/audience/listPeople';
import { mergedPeople } from '../../../src/domain/audience/mergedPeople';
import { SubmittedPeople } from '../../../src/domain/audience/submittedPeople';

const FIRST = 14155550000;
const values = fc.array(fc.option(fc.string({ maxLength: 5 })), { maxLength: 3 });
const digits = fc.integer({ min: FIRST, max: FIRST + 300 });
const byDigits = (a: Person, b: Person) => a.digits - b.digits;
const somePeople = fc.uniqueArray(fc.record({ digits, values }), { selector: (person) => person.digits });
const noTurn = () => Promise.resolve();

const submitted = (people: readonly Person[]): SubmittedPeople => {
  const all = new SubmittedPeople();
  for (const { digits: number, values: said } of people) all.add(number, writtenValues(said));
  return all;
};
async function* inSlices<T>(all: readonly T[], size: number): AsyncGenerator<readonly T[]> {
  for (let from = 0; from < all.length; from += size) yield await Promise.resolve(all.slice(from, from + size));
}
const read = async (pieces: AsyncIterable<readonly { json: string }[]>): Promise<Person[]> => {
  const found: Person[] = [];
  for await (const some of pieces) found.push(...readChunk(`[${some.map(({ json }) => json).join(',')}]`));
  return found;
};
/** Without what says nothing at the end. */
const bare = ({ digits: number, values: said }: Person) => {
  const last = said.map((value) => value !== null).lastIndexOf(true);
  return { digits: number, values: said.slice(0, last + 1) };
};

describe('The people of a list', () => {
  it('come in the order of their numbers, however they were submitted, each with what was said of them', async () => {
    await fc.assert(
      fc.asyncProperty(somePeople, async (people) => {
        const inOrder = await read(submitted(people).inOrder(noTurn));
        expect(inOrder.map(bare)).toEqual([...people].sort(byDigits).map(bare));
      }),
    );
  });

  it('come in order when they are more than are put in order at once', async () => {
    const people = Array.from({ length: 45_000 }, (_, at) => ({
      digits: FIRST + ((at * 7919) % 45_000),
      values: at % 3 === 0 ? [] : [`name ${at}`],
    }));
    const inOrder = await read(submitted(people).inOrder(noTurn));
    expect(inOrder.map(bare)).toEqual([...people].sort(byDigits));
  });

  it('are cut into chunks from which the same people are read, each in its range', () => {
    fc.assert(
      fc.property(somePeople, fc.integer({ min: 1, max: 7 }), (people, size) => {
        const inOrder = [...people].sort(byDigits);
        const cutter = new ChunkCutter({ from: 0, people: size });
        const chunks = [...inOrder.map((person) => cutter.add(written(person))), cutter.end()].filter(
          (chunk) => chunk !== null,
        );
        expect(chunks.flatMap((chunk) => readChunk(chunk.people)).map(bare)).toEqual(inOrder.map(bare));
        chunks.forEach((chunk, at) => {
          const end = chunks[at + 1]?.from ?? Infinity;
          for (const person of readChunk(chunk.people)) {
            expect(person.digits).toBeGreaterThanOrEqual(chunk.from);
            expect(person.digits).toBeLessThan(end);
          }
        });
        expect(chunks[0]?.from ?? 0).toBe(0);
      }),
    );
  });

  it('stay in one chunk until it has grown to twice its size, and then are parted evenly', () => {
    const people = Array.from({ length: 1001 }, (_, at) => ({ digits: FIRST + at, values: [] }));
    expect(chunksAnew(5, people.slice(0, 1000))).toHaveLength(1);
    const parts = chunksAnew(5, people).map((chunk) => readChunk(chunk.people).length);
    expect(parts).toEqual([334, 334, 333]);
    expect(chunksAnew(5, people).map(({ from }) => from)[0]).toBe(5);
    expect(chunksAnew(5, [])).toEqual([]);
    const long = people.slice(0, 200).map(({ digits: number }) => ({ digits: number, values: ['x'.repeat(1000)] }));
    expect(chunksAnew(5, long).length).toBeGreaterThan(2);
  });

  it.each<[known: (string | null)[], said: (string | null)[], places: number[], merged: (string | null)[]]>([
    [[], ['Ann'], [0], ['Ann']],
    [['Ann'], ['Anna'], [0], ['Anna']],
    [['Ann'], [''], [0], ['']],
    [['Ann'], [null], [0], ['Ann']],
    [['Ann', 'X1'], ['Rome'], [2], ['Ann', 'X1', 'Rome']],
    [[], ['Rome'], [2], [null, null, 'Rome']],
    [
      ['Ann', 'X1'],
      ['X2', 'Anna'],
      [1, 0],
      ['Anna', 'X2'],
    ],
  ])('%j, of whom is said %j at %j, have %j', (known, said, places, merged) => {
    expect(mergedValues(known, said, places)).toEqual(merged);
  });

  it('and those who are added are told apart, and nobody is lost or there twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        somePeople,
        somePeople,
        fc.constantFrom([0, 1, 2], [1, 2, 3], [2, 0, 1]),
        fc.integer({ min: 1, max: 9 }),
        async (known, said, places, size) => {
          const tally = { added: 0, updated: 0 };
          const both = mergedPeople(
            inSlices([...known].sort(byDigits), size),
            inSlices([...said].sort(byDigits).map(written), size),
            places,
            tally,
          );
          const expected = new Map<number, FieldValues>(known.map((person) => [person.digits, person.values]));
          for (const person of said)
            expected.set(person.digits, mergedValues(expected.get(person.digits) ?? [], person.values, places));
          const people = Array.from(expected, ([number, all]) => ({ digits: number, values: all }));
          expect((await read(both)).map(bare)).toEqual(people.sort(byDigits).map(bare));
          expect(tally.added).toBe(expected.size - known.length);
          expect(tally.updated).toBe(said.length - tally.added);
        },
      ),
    );
  });
});
