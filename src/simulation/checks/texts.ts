import type { RecipientStatus } from '../../domain/states/recipientState';
import type { Message } from '../plivo/message';
import { faultsOf } from '../ground/natureOf';
import type { Ground } from '../ground/ground';
import { waitsForAccount } from './accountFault';
import type { BatchRow, Findings, PersonRow } from './findings';
import { createMistakable } from './mistakable';
import type { Wrong } from './verdict';

/** Left out as another broadcast has a text for them; which of them may be so is looked at in `limits`. */
const LEFT_OUT: ReadonlySet<string | null> = new Set(['duplicate_text', 'topic', 'cap']);

/** Nobody twice, nobody dropped, and nobody taken for something else than they are. */
export function texts(ground: Ground, findings: Findings): Wrong[] {
  const { plan } = ground;
  const rowsOf = byPerson(findings);
  const mistakable = createMistakable(ground, findings);
  return plan.broadcasts.flatMap(({ text, people }, place) => {
    const sameText = plan.broadcasts.filter((other) => other.text === text);
    const isSaidOnce = sameText.length === 1;
    const isOnlyOne = isSaidOnce && !isRetried(ground, text);
    if (sameText[0] !== plan.broadcasts[place]) return [];
    return people.flatMap((index) => {
      const person = (plan.people[index] ?? '').slice(1);
      const messages = findings.textsTo(text, person);
      const rows = rowsOf.get(`${text}/${person}`) ?? [];
      const said = (rule: string, what: string): Wrong => ({ rule, what: `${text}, …${person.slice(-4)}: ${what}` });
      const wrongs: Wrong[] = retriedTwice(rows).map((what) => said('nobody by two retries', what));
      if (isTooMany(messages, isOnlyOne)) wrongs.push(said('nobody twice', `${messages.length} texts`));
      const told = ground.record.callers.get(place);
      if (told?.kind === 'refused' && messages.length > 0 && isSaidOnce)
        wrongs.push(said('callers are told the truth', `texted, and the caller was told ${told.code}`));
      // Other software's text cannot be told from ours where our answer is lost.
      const plain = rows.filter((row) => !(row.batch.status === 'sent' && mistakable.person(person, row.batch)));
      wrongs.push(...identities(plain, messages).map((what) => said('reports are their own', what)));
      if (messages.length > 0) {
        if (plan.settings.retentionDays === 0)
          wrongs.push(...texted(rows).map((what) => said('nobody taken for untexted', what)));
        return wrongs;
      }
      wrongs.push(...untexted(ground, text, person, plain).map((what) => said('nobody dropped', what)));
      return wrongs;
    });
  });
}

const isRetried = ({ plan }: Ground, text: string): boolean =>
  plan.retries.some(({ of }) => plan.broadcasts[of]?.text === text);

/** Of several retries of one broadcast, but for those by which nobody is texted, one has the person. */
function retriedTwice(rows: readonly PersonRow[]): string[] {
  const sources = rows.flatMap(({ batch: { broadcast } }) =>
    broadcast.retryOf === null || broadcast.status === 'cancelled' || broadcast.status === 'failed'
      ? []
      : [broadcast.retryOf],
  );
  return sources.length > new Set(sources).size ? ['taken by two retries'] : [];
}

/** Where a text is sent again on purpose, those may get it whom it has not reached. */
const isTooMany = (messages: readonly Message[], isOnlyOne: boolean): boolean =>
  (isOnlyOne ? messages : messages.filter(({ state }) => state !== 'undelivered' && state !== 'failed')).length > 1;

function byPerson({ rows }: Findings): Map<string, PersonRow[]> {
  const found = new Map<string, PersonRow[]>();
  for (const row of rows) {
    const key = `${row.batch.broadcast.text}/${row.person}`;
    found.set(key, [...(found.get(key) ?? []), row]);
  }
  return found;
}

/** Why each row of somebody without a text may stand as it does; what it says where it may not. */
function untexted(ground: Ground, text: string, person: string, rows: readonly PersonRow[]): string[] {
  return rows
    .filter((row) => !isExcused(ground, text, person, row))
    .map(({ status, batch }) => {
      const error = batch.errorCode === null ? '' : `, ${batch.errorCode}`;
      return `no text, and shown as ${status} in a batch that is ${batch.status}${error}`;
    });
}

function isExcused(ground: Ground, text: string, person: string, { status, batch, errorCode }: PersonRow): boolean {
  const { record } = ground;
  switch (status) {
    case 'optedOut':
      return record.sayings.some((saying) => saying.person === person && saying.says === 'STOP');
    case 'invalid':
      return isInvalid(ground, person);
    case 'cancelled':
      return batch.broadcast.status === 'cancelled' || LEFT_OUT.has(errorCode);
    case 'failed':
      return isOwnFault(ground, batch.people) || isFailedFast(ground, text, batch);
    case 'unknown':
      return batch.status === 'held' || (batch.status === 'sent' && isUntold(ground, text, person, batch));
    case 'queued':
      return batch.broadcast.status === 'paused' || isPoisoned(ground, batch.people) || waitsForAccount(ground, batch);
    default:
      return false;
  }
}

/** Plivo left the person out, and its answer, which would have said so, was lost: nothing tells of them but that no report came. */
const isUntold = (ground: Ground, text: string, person: string, batch: BatchRow): boolean =>
  ground.record.takenInPart.has(text) || (!batch.isAnswered && isInvalid(ground, person));

const isInvalid = ({ plan }: Ground, person: string): boolean =>
  faultsOf(plan, 'invalid people').some(({ people }) =>
    people.some((one) => (plan.people[one] ?? '').slice(1) === person),
  );

/** Refused for good because of somebody in it. */
const isOwnFault = ({ plan }: Ground, people: readonly string[]): boolean =>
  faultsOf(plan, 'barred person').some(({ person }) => people.includes((plan.people[person] ?? '').slice(1)));

/** One call, and a caller who waited for it: it uses its tries and fails, since its caller can act. */
function isFailedFast({ plan }: Ground, text: string, { broadcast }: BatchRow): boolean {
  const planned = plan.broadcasts.find((one) => one.text === text);
  if (planned === undefined || broadcast.batchesTotal !== 1) return false;
  const isAwaited = (waitMs: number | null) => (waitMs ?? plan.settings.broadcastWaitMs) > 0;
  if (broadcast.retryOf !== null) return plan.retries.some(({ waitMs }) => isAwaited(waitMs));
  return planned.sendInMs === null && isAwaited(planned.waitMs);
}

const isPoisoned = ({ plan }: Ground, people: readonly string[]): boolean =>
  faultsOf(plan, 'poisoned person').some(({ person }) => people.includes((plan.people[person] ?? '').slice(1)));

const TEXTED: ReadonlySet<RecipientStatus> = new Set(['queued', 'sent', 'delivered', 'undelivered', 'unknown']);

function texted(rows: readonly PersonRow[]): string[] {
  const isShown = rows.some(({ status, uuid }) => TEXTED.has(status) || (status === 'failed' && uuid !== null));
  return isShown ? [] : [`texted, and shown as ${rows.map(({ status }) => status).join(', ') || 'nothing'}`];
}

/** A uuid that is shown is that of this text to this person, and an end that is shown is the end it came to. */
function identities(rows: readonly PersonRow[], messages: readonly Message[]): string[] {
  return rows.flatMap(({ uuid, status }) => {
    if (uuid === null) return [];
    const message = messages.find((one) => one.uuid === uuid);
    if (message === undefined) return [`shown as ${status} by a message that is not this text`];
    const isEnd = status === 'delivered' || status === 'undelivered' || status === 'failed';
    return isEnd && message.state !== status ? [`shown as ${status}, and its message is ${message.state}`] : [];
  });
}
