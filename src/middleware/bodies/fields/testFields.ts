import type { Request } from 'express';
import { body, type ValidationChain } from 'express-validator';
import type { CheckedRecipients } from '../../../domain/lists/recipientList';
import type { NumberReader } from '../../../domain/numbers/phoneNumber';
import type { TestWish } from '../../../services/accepting/testRequest';
import { isWholeNumber } from './broadcastFields';
import { Faults, refuse, shortened } from '../faults';
import { readRecipientsOf } from './readLists';

/** What the body of a test has beside that of the broadcast which is tried out. */
export const TEST_FIELDS = ['to', 'as'];

const MOST_NUMBERS = 10;
const LARGEST_PLACE = 999_999_999;

const wishes = new WeakMap<Request, TestWish>();

/** Who a test goes to, of a request that was checked. */
export function testWishOf(req: Request): TestWish {
  const wish = wishes.get(req);
  if (wish === undefined) throw new Error('The request was not validated.');
  return wish;
}

/** The entry whose number is wanted of a list that is tried out; what is no place is refused as that. */
export function watchOf({ to, as = 0 }: { readonly to?: unknown; readonly as?: unknown }): { watch?: number } {
  if (to === undefined) return {};
  return { watch: typeof as === 'number' ? as : 0 };
}

/** For behind the check of the list: `as` names somebody of it. */
export const testChains = (rules: {
  readonly readerFor: (defaultCountry: unknown) => NumberReader;
}): ValidationChain[] => [
  body('to').custom((value: unknown, { req }) => {
    const numbers = readNumbers(value, rules.readerFor((req.body as { defaultCountry?: unknown }).defaultCountry));
    wishes.set(req as Request, { submitted: (value as unknown[]).length, numbers: [...new Set(numbers)] });
    return true;
  }),
  body('as')
    .optional({ values: 'null' })
    .custom((value: unknown) =>
      refuse(isWholeNumber(value, 0, LARGEST_PLACE) ? null : 'must be the index of an entry, from 0'),
    ),
  body('as').custom((value: unknown, { req }) => {
    const list = readRecipientsOf(req as Request);
    const isAsked = list !== null && list.valid.length > 0 && (req.body as { to?: unknown }).to !== undefined;
    const isThere = !isAsked || list.watched !== undefined;
    return refuse(isThere ? null : whoIsNobody(value, list));
  }),
];

function whoIsNobody(value: unknown, { invalid }: CheckedRecipients): string {
  const isFirst = value === undefined || value === null;
  const reason = invalid.find(({ index }) => index === (isFirst ? 0 : value))?.reason;
  const why = reason === undefined ? '' : `: it ${reason}`;
  return isFirst
    ? `must name an entry whose text is tried out, as the first one is not texted${why}`
    : `must be the index of an entry that is texted, from 0${why}`;
}

function readNumbers(value: unknown, reader: NumberReader): string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_NUMBERS)
    throw new Error(`must be an array of 1 to ${MOST_NUMBERS} numbers that the test goes to`);
  const errors = value.flatMap((entry: unknown, index) => {
    if (reader.read(entry) !== null) return [];
    const shown = typeof entry === 'string' ? { value: shortened(entry) } : {};
    return [{ path: `to[${index}]`, msg: reader.explain(entry), ...shown }];
  });
  if (errors.length > 0) new Faults(errors, errors.length).throw();
  return value.map((entry: unknown) => reader.read(entry) ?? '');
}
