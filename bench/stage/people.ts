/** Countries of the made-up numbers: what stands before the last digits, and how many of these there are. */
const RANGES: readonly (readonly [prefix: string, first: number])[] = [
  ['+1415', 2_000_000],
  ['+1212', 2_000_000],
  ['+1312', 2_000_000],
  ['+1617', 2_000_000],
  ['+1202', 2_000_000],
  ['+1305', 2_000_000],
  ['+447', 400_000_000],
  ['+447', 500_000_000],
  ['+4670', 1_000_000],
  ['+49151', 10_000_000],
];

const MOST_PEOPLE = 10_000_000;
/** Prime, and so without a common divisor with the number of people: every index has a number of its own. */
const STRIDE = 6_700_417;

/** One entry in so many repeats the one before it; one person in so many is on the opt-out list. */
const REPEAT_EVERY = 100;
const OPTED_OUT_EVERY = 100;

/**
 * The number of a made-up person, index 0 to 9,999,999: six in ten American, the others British, Swedish, German. In no
 * order, as real lists come: sorted ones would flatter a database's index. Nothing is ever sent to them but by a simulator.
 */
export function numberOf(index: number): string {
  const place = (index * STRIDE) % MOST_PEOPLE;
  const [prefix, first] = RANGES[place % RANGES.length] ?? ['+1415', 2_000_000];
  return prefix + String(first + Math.floor(place / RANGES.length));
}

/** A list of so many entries, one in a hundred of them a repetition. `from` is the index of the first person. */
export function recipientList(size: number, from = 0): string[] {
  return Array.from({ length: size }, (_, index) =>
    numberOf(from + (index % REPEAT_EVERY === REPEAT_EVERY - 1 ? index - 1 : index)),
  );
}

/** As many distinct people, for whom nothing is left out. */
export const distinctPeople = (size: number, from = 0): string[] =>
  Array.from({ length: size }, (_, index) => numberOf(from + index));

/** Those among the first so many people who want no texts. */
export const optedOutPeople = (among: number): string[] =>
  Array.from({ length: Math.floor(among / OPTED_OUT_EVERY) }, (_, index) => numberOf(index * OPTED_OUT_EVERY));

/** How many people a `recipientList` holds. */
export const peopleIn = (size: number): number => size - Math.floor(size / REPEAT_EVERY);

/** How many of them are texted where `optedOutPeople` are not. */
export const textedAmong = (size: number): number => peopleIn(size) - Math.ceil(size / OPTED_OUT_EVERY);
