import type { Request } from 'express';
import type { EntryLog } from '../../../domain/lists/entryLog';
import type { CheckedRecipients, RecipientIntake } from '../../../domain/lists/recipientList';
import type { ListSource } from '../../../services/files/listSource';

/** A list that was read and checked, and what it was read from; null where that was no file. */
export type ReadList = {
  readonly recipients: CheckedRecipients;
  readonly source: ListSource | null;
  /** What the columns or keys are called, as far as they have names. */
  readonly names: readonly string[];
  /** What it was taken apart by: further people can be added to it. Absent where there are none to be added. */
  readonly intake?: RecipientIntake;
};

const lists = new WeakMap<Request, ReadList & { readonly log: EntryLog | null }>();

/** Hands over recipients that were read and checked; `log` holds those of a file as submitted. */
export function presentRecipients(req: Request, list: ReadList, log: EntryLog | null): void {
  lists.set(req, { ...list, log });
}

/** What the recipients of a request were read from; null where that was no file. */
export const sourceOf = (req: Request): ListSource | null => lists.get(req)?.source ?? null;

/** What the values of people are called in the list of a request. */
export const namesOf = (req: Request): readonly string[] => lists.get(req)?.names ?? [];

/** What the list of a request was taken apart by; null where it had none. */
export const intakeOf = (req: Request): RecipientIntake | null => lists.get(req)?.intake ?? null;

/** Of what was presented, with further people; it is read from no file only where nothing was. */
export function presentMore(req: Request, recipients: CheckedRecipients): void {
  const known = lists.get(req) ?? { source: null, names: [], log: null };
  lists.set(req, { ...known, recipients });
}

/** The entries of a checked request as they were submitted, some at a time; of a file, where a log was presented. */
export function entriesOf(req: Request): Iterable<readonly string[]> {
  return lists.get(req)?.log?.slices() ?? listEntries((req.body as { recipients?: unknown[] | null }).recipients ?? []);
}

const AT_ONCE = 1000;

function* listEntries(list: readonly unknown[]): Generator<readonly string[]> {
  for (let from = 0; from < list.length; from += AT_ONCE)
    yield list.slice(from, from + AT_ONCE).map((entry) => (typeof entry === 'string' ? entry : typeof entry));
}

/** The recipients of a request that was checked; null where it had none that could be read. */
export const readRecipientsOf = (req: Request): CheckedRecipients | null => lists.get(req)?.recipients ?? null;

/** The recipients of a request that was checked and found without fault. */
export function recipientsOf(req: Request): CheckedRecipients {
  const checked = readRecipientsOf(req);
  if (checked === null) throw new Error('The request was not validated.');
  return checked;
}
