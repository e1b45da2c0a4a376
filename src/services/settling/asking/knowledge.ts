import type { Sample, SampledBatch } from '../../../domain/outcome/reconciliation';
import type { NamedMessage } from '../../../store/settling/reconcileStore';
import { digitsOf, messagesTo, type Inquiry, type Judged } from './inquiry';
import type { Pages } from './pages';

/** What one look has found out of a batch's people so far. */
export type Knowledge = {
  readonly people: readonly string[];
  /** Those who were asked for. */
  readonly sample: Sample;
  state(): SampledBatch;
  /** Somebody was asked for. `isDrawn`: not picked for a message that a page shows. */
  add(number: string, verdict: Judged, isDrawn: boolean): void;
  /** Judges the people whom the latest page shows by all that was read. */
  note(inquiry: Inquiry, pages: Pages): Promise<void>;
  /** All messages about the call were seen: who has none has none. */
  noteAll(): void;
  isEverybodyAsked(): boolean;
  /** Whose messages were found, and which they are where there is no choice. */
  named(): readonly NamedMessage[];
};

const NOBODY: Sample = { found: 0, absent: 0, unclear: 0 };

export function createKnowledge(people: readonly string[]): Knowledge {
  const [sample, drawn] = [{ ...NOBODY }, { ...NOBODY }];
  const asked = new Set<string>();
  /** Who may have a message of the batch. */
  const perhaps = new Map<string, Judged>();
  let isAllSeen = false;

  const isEverybodyAsked = () => asked.size === people.length;
  const found = () => [...perhaps].filter(([, { verdict }]) => verdict === 'found');

  function keep(number: string, verdict: Judged): void {
    if (verdict.verdict !== 'absent') perhaps.set(number, verdict);
  }

  return {
    people,
    sample,
    state: () => ({
      people: people.length,
      shown: found().length,
      perhaps: perhaps.size,
      unshown: isAllSeen || isEverybodyAsked() ? people.length - perhaps.size : null,
      drawn,
    }),
    add(number, verdict, isDrawn) {
      asked.add(number);
      sample[verdict.verdict]++;
      if (isDrawn) drawn[verdict.verdict]++;
      keep(number, verdict);
    },
    async note(inquiry, { latest, messages, isAll }) {
      const isListed = new Set(latest.map(({ toNumber }) => digitsOf(toNumber)));
      for (const number of people.filter((one) => isListed.has(digitsOf(one)))) {
        const { verdict, uuid } = await inquiry.judge(number, messagesTo(number, messages));
        // A further page may hold a second message, so that nobody knows whose is whose.
        keep(number, { verdict, uuid: isAll ? uuid : null });
      }
    },
    noteAll() {
      isAllSeen = true;
    },
    isEverybodyAsked,
    named: () => found().map(([number, { uuid }]) => ({ number, uuid })),
  };
}
