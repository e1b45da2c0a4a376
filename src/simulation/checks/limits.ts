import { parseTextCaps } from '../../domain/time/textCaps';
import type { PlannedBroadcast } from '../faults/worldPlan';
import type { Ground } from '../ground/ground';
import type { Message } from '../plivo/message';
import type { Findings } from './findings';
import type { Wrong } from './verdict';

/** From a claim to the time of its message: the wait for its slot, and a call that hangs. */
export const CLAIM_TO_MESSAGE_MS = 45_000;

/** Nobody has two texts of a topic, nor more than a cap allows, and nobody is left out for a topic or a cap that is none. */
export function limits(ground: Ground, findings: Findings): Wrong[] {
  return [...topics(ground), ...caps(ground), ...groundless(ground, findings)];
}

/** Of those that failed others may be sent. */
export const hasArrived = ({ state, isOthers }: Message) => !isOthers && state !== 'undelivered' && state !== 'failed';

function topics({ plan, account }: Ground): Wrong[] {
  const topicOf = new Map(plan.broadcasts.map(({ text, topic }) => [text, topic]));
  const counts = new Map<string, number>();
  for (const { text, to } of account.messages.filter(hasArrived)) {
    const topic = topicOf.get(text) ?? null;
    if (topic !== null) counts.set(`${topic}, …${to.slice(-4)}`, (counts.get(`${topic}, …${to.slice(-4)}`) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, texts]) => texts > 1)
    .map(([whom, texts]) => ({ rule: 'one text of a topic', what: `${whom}: ${texts} texts` }));
}

function caps({ plan, account }: Ground): Wrong[] {
  const timesOf = new Map<string, number[]>();
  for (const { to, at } of account.messages.filter(hasArrived)) timesOf.set(to, [...(timesOf.get(to) ?? []), at]);
  return capsOf(plan.settings.textCaps).flatMap(({ texts, windowMs, written }) =>
    [...timesOf].flatMap(([to, unordered]) => {
      const times = unordered.sort((a, b) => a - b);
      const isTooMany = times.some(
        (at, place) => (times[place + texts] ?? Infinity) - at < windowMs - CLAIM_TO_MESSAGE_MS,
      );
      return isTooMany
        ? [{ rule: 'no more than a cap', what: `${written}, …${to.slice(-4)}: ${times.length} texts` }]
        : [];
    }),
  );
}

const capsOf = (written: string | null) => (written === null ? [] : (parseTextCaps(written) ?? []));

/** Who is left out must be in another broadcast of the topic, or in as many others as the cap allows. */
function groundless({ plan }: Ground, { rows }: Findings): Wrong[] {
  const least = Math.min(...capsOf(plan.settings.textCaps).map(({ texts }) => texts));
  return rows.flatMap(({ person, errorCode, batch }) => {
    if (errorCode !== 'topic' && errorCode !== 'cap') return [];
    const own = plan.broadcasts.find(({ text }) => text === batch.broadcast.text);
    const others = plan.broadcasts.filter((one) => one !== own && isFor(plan.people, one, person));
    const isGrounded =
      errorCode === 'cap'
        ? others.length >= least
        : topicOf(own) !== null && others.some((other) => other.topic === topicOf(own));
    if (isGrounded) return [];
    return [
      { rule: 'nobody left out without reason', what: `${batch.broadcast.text}, …${person.slice(-4)}: ${errorCode}` },
    ];
  });
}

const isFor = (all: readonly string[], { people }: PlannedBroadcast, person: string): boolean =>
  people.some((place) => all[place] === `+${person}`);

const topicOf = (broadcast: { readonly topic: string | null } | undefined): string | null => broadcast?.topic ?? null;
