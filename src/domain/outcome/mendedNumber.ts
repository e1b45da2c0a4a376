/** Somebody of the batch that a report's token names. */
export type BatchMember = {
  readonly number: string;
  /** Of the message that is known to be theirs. */
  readonly messageUuid: string | null;
};

/** Two numbers that end in so many like digits are two spellings of one: what is mended stands before them. */
const LIKE_DIGITS = 7;

/**
 * Whose report it is that names a number which is not one of its batch: somebody on the way has mended the number. The
 * message's uuid tells, where it is bound; else the only one of whom nothing was heard yet, or the one whose number ends
 * like the reported one. `answered` are the messages of the batch's answer, null where they are not all known: a message
 * that is not among them is of another call. Null where it cannot be told; Plivo reports again, and by then the others
 * may be known.
 */
export function mendedNumber(
  report: { readonly recipient: string; readonly messageUuid: string },
  members: readonly BatchMember[],
  answered: ReadonlySet<string> | null,
): string | null {
  const bound = members.find(({ messageUuid }) => messageUuid === report.messageUuid);
  if (bound !== undefined) return bound.number;
  if (answered !== null && !answered.has(report.messageUuid)) return null;
  const open = members.filter(({ messageUuid }) => messageUuid === null);
  const [only, ...others] = open.length === 1 ? open : open.filter(({ number }) => isAlike(number, report.recipient));
  return only === undefined || others.length > 0 ? null : only.number;
}

function isAlike(a: string, b: string): boolean {
  const [endA, endB] = [a.slice(-LIKE_DIGITS), b.slice(-LIKE_DIGITS)];
  return endA.length === LIKE_DIGITS && endA === endB;
}
