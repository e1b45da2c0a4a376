import type { Chance } from '../clockwork/chance';
import type { Ground } from '../ground/ground';
import type { Processes } from '../processes/processes';

/** Somebody who looks after what the service leaves to people. */
export type Caretaker = { begin(): void };

const ROUND_MS = 900_000;
const ROUNDS_OF_PATIENCE = 2;

type Held = { id: string; number: number; text: string; people: string };

/**
 * Resumes what the service itself has paused, settles held batches by what Plivo really has (half of these are left as they
 * are, since nobody is obliged to), and says that the database is no copy where the list stays away that would show it.
 */
export function createCaretaker(ground: Ground, processes: Processes, chance: Chance): Caretaker {
  const { timeline, shared, account, record, trace } = ground;
  const left = new Set<string>();
  let waitsForList = 0;

  async function resolveHeld({ id, number, text, people }: Held): Promise<void> {
    const numbers = new Set((JSON.parse(people) as string[]).map((one) => one.slice(1)));
    const isTaken = account.messages.some((message) => message.text === text && numbers.has(message.to));
    const as = isTaken ? 'sent' : 'resend';
    const answer = await processes.ask(async ({ services, foundation: { store } }) => {
      const result = await store.control.resolveBatch(id, number, as);
      services.dispatcher.wake();
      return result;
    });
    trace('caretaker', `resolves a held batch as ${as}`, { text, number, answer: answer.kind });
    if (answer.kind === 'answered' && answer.value.kind === 'done') record.counts.resolved++;
  }

  async function resume(id: string): Promise<void> {
    record.resumes.push({ id, at: timeline.now() });
    const answer = await processes.ask(async ({ services, foundation: { store } }) => {
      const result = await store.control.resume(id);
      services.dispatcher.wake();
      return result;
    });
    trace('caretaker', 'resumes what the service paused', { answer: answer.kind });
  }

  async function vouch(): Promise<void> {
    const answer = await processes.ask(({ foundation: { store } }) => store.restoring.vouch());
    trace('caretaker', 'says that the database is no copy', { answer: answer.kind });
  }

  async function round(): Promise<void> {
    waitsForList = shared.run(WAITS_FOR_LIST, []).rows.length === 0 ? 0 : waitsForList + 1;
    if (waitsForList >= ROUNDS_OF_PATIENCE) await vouch();
    for (const held of shared.run(HELD, []).rows as Held[]) {
      const name = `${held.id}/${held.number}`;
      if (left.has(name)) continue;
      if (chance.happens(0.5)) left.add(name);
      else await resolveHeld(held);
    }
    for (const { id } of shared.run(PAUSED, []).rows as { id: string }[]) await resume(id);
  }

  const next = () => timeline.after(ROUND_MS, null, () => void round().then(next));
  return { begin: () => void next() };
}

const HELD = `
  select c.id, b.number, c.message_text as text,
    (select json_group_array(recipient_number) from broadcast_recipients r
     where r.broadcast_key = b.broadcast_key and r.batch_number = b.number) as people
  from batches b join broadcasts c on c.broadcast_key = b.broadcast_key where b.status = 'held'`;
const WAITS_FOR_LIST = `select 1 from pacing where fault_code = 'restore_check'`;
const PAUSED = `select id from broadcasts where status = 'paused' and pause_reason is not null and hidden is null`;
