import { faultsOf } from '../ground/natureOf';
import type { Ground } from '../ground/ground';
import type { BatchRow, Findings, PersonRow } from './findings';

/** What nobody could tell from Plivo's records: these hold no text, so other software's may look like ours. */
export type Mistakable = {
  /** Somebody without a text of the batch, whose answer is lost, may be taken for texted. */
  person(person: string, batch: BatchRow): boolean;
};

export function createMistakable({ account, plan }: Ground, { rows, textsTo }: Findings): Mistakable {
  const others = account.messages.filter((message) => message.isOthers);
  const isTextedByOthers = new Set(others.map((message) => message.to));
  const isMasked = faultsOf(plan, 'list masks').length > 0;

  /** Records of two people and of half the batch; whoever is missing among them may be a number that Plivo refused. */
  function looksTaken(batch: BatchRow): boolean {
    const people = rows.filter((row) => row.batch === batch && isCalled(row)).map(({ person }) => person);
    const needed = Math.min(people.length, Math.max(2, people.length / 2));
    const found = isMasked ? others.length : people.filter((person) => isTextedByOthers.has(person)).length;
    return people.length > 0 && found >= needed;
  }

  return {
    person(person, batch) {
      if (batch.isAnswered) return false;
      const isTaken = batch.people.some((one) => textsTo(batch.broadcast.text, one).length > 0);
      return isTaken ? isMasked || isTextedByOthers.has(person) : looksTaken(batch);
    },
  };
}

/** Whoever is left out by a claim stands in the batch, and was in no call. */
const isCalled = ({ status }: PersonRow): boolean => status !== 'optedOut' && status !== 'cancelled';
