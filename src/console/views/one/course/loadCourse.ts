import { ask } from '../../../api/request';
import { may } from '../../../api/self';
import type { AuditEntry, Batch, Broadcast, Page, PersonRow, PersonStatus } from '../../../api/types';
import { courseOf, type Moment } from './course';
import { marksWritten, type Mark } from './marks';

const PAGE = 1000;
/** No route tells how a broadcast went; the times of so many people are looked through for it. */
const MOST_PEOPLE = 10_000;
const MOST_AUDIT_PAGES = 3;
const REPORTED: readonly PersonStatus[] = ['delivered', 'undelivered', 'failed'];

export type Loaded = {
  /** Null where that is too much to look through. */
  readonly moments: readonly Moment[] | null;
  readonly marks: readonly Mark[];
};

/** The course of a broadcast before somebody looked. */
export async function loadCourse(broadcast: Broadcast, now: Moment, signal: AbortSignal): Promise<Loaded> {
  const { id, recipients } = broadcast;
  const marks = may('manage') ? marksOf(broadcast, signal).catch(() => []) : [];
  if (recipients.accepted > MOST_PEOPLE) return { moments: null, marks: await marks };
  const batches = await all<Batch>(`broadcast/${id}/batches`, {}, signal);
  const people: PersonRow[] = [];
  for (const status of REPORTED)
    if (broadcast.delivery[status] > 0)
      people.push(...(await all<PersonRow>(`broadcast/${id}/recipients`, { status }, signal)));
  return { moments: courseOf(batches, people, now), marks: await marks };
}

async function all<T>(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<T[]> {
  const found: T[] = [];
  for (let cursor: string | null = ''; cursor !== null && found.length <= MOST_PEOPLE;) {
    const page: Page<T> = await ask(path, { query: { ...query, limit: PAGE, cursor }, signal });
    found.push(...page.data);
    cursor = page.next;
  }
  return found;
}

/** What was written down of it, as far back as it goes. */
async function marksOf({ id, createdAt }: Broadcast, signal: AbortSignal): Promise<Mark[]> {
  const found: AuditEntry[] = [];
  let cursor = '';
  for (let page = 0; page < MOST_AUDIT_PAGES; page++) {
    const { data, next } = await ask<Page<AuditEntry>>('audit', { query: { limit: PAGE, cursor }, signal });
    found.push(...data.filter(({ subject }) => subject === id));
    const last = data.at(-1);
    if (next === null || last === undefined || last.at < createdAt) break;
    cursor = next;
  }
  return marksWritten(found);
}
