import type { Request } from 'express';
import { createEntryReader, type EntryReader } from '../../../domain/lists/recipientEntry';
import { RecipientIntake, type CheckedRecipients, type InvalidRecipient } from '../../../domain/lists/recipientList';
import type { NumberSet } from '../../../domain/numbers/numberSet';
import type { NumberReader } from '../../../domain/numbers/phoneNumber';
import type { PersonalMessage } from '../../../domain/text/personalText';
import type { NamedParts, SavedParts } from '../../../services/audience/savedParts';
import type { ListSource } from '../../../services/files/listSource';
import { Faults, MOST_ERRORS } from '../faults';
import { LongWork } from '../longWork';
import { fieldNamesOf } from './personalMessage';
import { intakeOf, presentMore, presentRecipients, readRecipientsOf } from './readLists';
import { watchOf } from './testFields';

export type RecipientRules = {
  /** By the country that a request names, or the one that is configured. */
  readonly readerFor: (defaultCountry: unknown) => NumberReader;
  /** Makes the work of a hostile list of numbers as cheap as that of any other. */
  readonly hashSeed: number;
  readonly maxRecipients: number;
  /** What the fields of a broadcast have each person told, where that is something of their own. */
  readonly personalOf: (req: Request, fields: object) => Promise<PersonalMessage | null>;
  /** Who is on the saved lists that are to be left out; null where none is. */
  readonly exceptionsOf: (req: Request, fields: object) => Promise<NumberSet | null>;
  readonly saved: Pick<SavedParts, 'peopleOf'>;
};

/**
 * Checks those of the body or of a file that came before it, and of saved lists, and presents what was found. `maxErrors`: of so
 * many it is kept what is wrong.
 *
 * @throws Error worded to follow "recipients", where the list as a whole cannot be taken
 */
export async function checkList(
  value: unknown,
  req: Request,
  rules: RecipientRules,
  maxErrors: number,
): Promise<CheckedRecipients> {
  const parts = req.body as NamedParts;
  const hasLists = Array.isArray(parts.lists) && parts.lists.length > 0;
  const uploaded = readRecipientsOf(req);
  if (uploaded !== null && uploaded.submitted === 0 && (uploaded.excepted ?? 0) === 0 && !hasLists)
    throw new Error('must hold at least one number');
  if (uploaded === null) await takeEntries(hasLists ? (value ?? []) : value, req, rules, { maxErrors, hasLists });
  const intake = intakeOf(req);
  if (intake === null) throw new Error('must hold at least one number');
  if (hasLists) {
    await addListed(intake, parts, rules);
    presentMore(req, intake.result());
  }
  const checked = intake.result();
  if (checked.valid.length === 0 && checked.invalidCount === 0)
    throw new Error(
      (checked.excepted ?? 0) > 0
        ? 'hold nobody who is not on a list in "exceptLists"'
        : 'must hold at least one number: nobody is on the saved lists',
    );
  return checked;
}

/** The entries of a JSON body. */
async function takeEntries(
  value: unknown,
  req: Request,
  rules: RecipientRules,
  { maxErrors, hasLists }: { readonly maxErrors: number; readonly hasLists: boolean },
): Promise<void> {
  refuseNoList(value, rules, hasLists);
  const personal = await rules.personalOf(req, req.body as object);
  const intake = new RecipientIntake({
    reader: rules.readerFor((req.body as { defaultCountry?: unknown }).defaultCountry),
    maxErrors,
    seed: rules.hashSeed,
    expected: value.length,
    keepsStrings: !hasLists,
    personal,
    except: await rules.exceptionsOf(req, req.body as object),
    ...watchOf(req.body as object),
  });
  const entries = createEntryReader(fieldNamesOf(personal));
  const work = new LongWork();
  for (const entry of value) {
    if (work.isLong()) await work.pause();
    take(intake, entries, entry);
  }
  presentRecipients(req, { recipients: intake.result(), source: null, names: entries.knownKeys(), intake }, null);
}

/** The people of saved lists, behind those that were submitted. */
async function addListed(intake: RecipientIntake, parts: NamedParts, rules: RecipientRules): Promise<void> {
  const work = new LongWork();
  for await (const { list, numbers, values } of rules.saved.peopleOf(parts, fieldNamesOf(intake.personal))) {
    for (const [at, number] of numbers.entries()) {
      if (work.isLong()) await work.pause();
      intake.addListed(list, number, values[at]);
    }
    if (intake.submitted > rules.maxRecipients)
      throw new Error(`must hold at most ${rules.maxRecipients} numbers, and hold more with the saved lists`);
  }
}

/** A number alone, or an object with one and the values of fields. */
function take(intake: RecipientIntake, entries: EntryReader, entry: unknown): void {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    intake.add(entry);
    return;
  }
  const { number, values, problem } = entries.read(entry);
  if (problem === null) intake.add(number, null, values);
  else intake.addFaulty(entry, null, problem);
}

function refuseNoList(value: unknown, rules: RecipientRules, hasLists: boolean): asserts value is unknown[] {
  if (value === undefined) throw new Error('is missing; set it to an array of numbers such as ["+14155550100"]');
  if (!Array.isArray(value)) throw new Error('must be an array of numbers such as ["+14155550100"]');
  if (value.length === 0 && !hasLists) throw new Error('must hold at least one number');
  if (value.length > rules.maxRecipients) {
    throw new Error(
      `must hold at most ${rules.maxRecipients} numbers, and holds ${value.length}; send several broadcasts`,
    );
  }
}

function placeOf({ index, line, list }: InvalidRecipient): string {
  if (list !== undefined) return `lists "${list}"`;
  return line === null ? `recipients[${index}]` : `line ${line}`;
}

/** @throws Error with a fault for each entry that is none, at most 100 */
export function refuseInvalid({ invalid, invalidCount }: CheckedRecipients, source: ListSource | null): void {
  const column = source?.column ?? null;
  const errors = invalid.slice(0, MOST_ERRORS).map((entry) => ({
    path: placeOf(entry),
    ...(column === null || entry.list !== undefined ? {} : { column }),
    msg: entry.reason,
    value: entry.value,
  }));
  new Faults(errors, invalidCount).throw();
}
