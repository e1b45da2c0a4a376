/** What is known of the people of a canary. Who was left out when their batch went is none of them. */
export type CanaryCounts = {
  readonly people: number;
  /** Reported on: what became of their text is known. */
  readonly reported: number;
  /** Reported as sent, which says nothing yet; carriers of some countries tell no more. */
  readonly sent: number;
  /** Of these: undelivered, failed, and numbers that Plivo refused. */
  readonly failed: number;
};

export type CanaryRules = {
  readonly waitSeconds: number;
  /** 0 to 1, of those reported on. */
  readonly maxFailureRate: number;
};

/** Null where the rest may go; else why it does not, in words for people. */
export function whyStopped(
  { people, reported, sent, failed }: CanaryCounts,
  { waitSeconds, maxFailureRate }: CanaryRules,
): string | null {
  if (people === 0) return `Nobody of the canary was texted, so that it tells nothing. ${WHAT_TO_DO}`;
  if (reported * 2 < people) {
    const more = sent === 0 ? '' : ` (and ${sent} as sent, at which some carriers leave it)`;
    return (
      `Of the canary's ${people} people, ${reported} were reported on within ${waitSeconds} seconds${more}, fewer than half. ` +
      WHAT_TO_DO
    );
  }
  // As a quotient, which is the nearest number to 1/10 just as 0.1 is.
  if (failed / reported <= maxFailureRate) return null;
  return (
    `Of the canary's ${people} people, ${reported} were reported on, and ${failed} of these (${percent(failed / reported)}) ` +
    `failed, more than ${percent(maxFailureRate)}. ${WHAT_TO_DO}`
  );
}

const WHAT_TO_DO = 'Find out why, then resume the broadcast, which sends the rest, or cancel it.';

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
