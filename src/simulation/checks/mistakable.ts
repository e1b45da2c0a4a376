import { faultsOf } from '../ground/natureOf';
import type { Ground } from '../ground/ground';
import type { BatchRow, Findings } from './findings';

/** What nobody could tell from Plivo's records: these hold no text, so other software's may look like ours. */
export type Mistakable = {
  /** Who has no text of the batch, whose answer is lost, and a record all the same. */
  person(person: string, batch: BatchRow): boolean;
};

export function createMistakable({ account, plan }: Ground, { textsTo }: Findings): Mistakable {
  const others = account.messages.filter((message) => message.isOthers);
  const isTextedByOthers = new Set(others.map((message) => message.to));
  const isMasked = faultsOf(plan, 'list masks').length > 0;

  /** Where Plivo has nothing of a batch, that shows as soon as somebody in it has no record. */
  function isWholeBatch({ people, broadcast }: BatchRow): boolean {
    if (people.some((person) => textsTo(broadcast.text, person).length > 0)) return true;
    return isMasked ? others.length >= people.length : people.every((person) => isTextedByOthers.has(person));
  }

  return {
    person: (person, batch) =>
      !batch.isAnswered && (isMasked ? others.length > 0 : isTextedByOthers.has(person)) && isWholeBatch(batch),
  };
}
