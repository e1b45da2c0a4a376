import { ANYBODY } from '../../domain/access/caller';
import { OutcomeUnknownError, ServiceError } from '../../domain/errors';
import type { Submission } from '../../services/accepting/broadcastService';
import type { Services } from '../../composing/services';
import type { Chance } from '../clockwork/chance';
import type { PlannedRetry } from '../faults/worldPlan';
import type { Ground } from '../ground/ground';
import type { Answered, Processes } from '../processes/processes';

/** People who have those texted anew whom a broadcast has not reached. */
export type Retriers = {
  begin(): void;
  /** How many have not come to an end yet. */
  underWay(): number;
};

const MOST_TRIES = 12;
const ASK_AGAIN_MS = { from: 500, to: 120_000 } as const;

export function createRetriers(ground: Ground, processes: Processes, chance: Chance): Retriers {
  const { plan, timeline, shared, trace } = ground;
  let underWay = 0;

  /** The first one that was made of no other. */
  const idOf = ({ of }: PlannedRetry): string | null => {
    const { rows } = shared.run(
      'select id from broadcasts where message_text = ? and hidden is null and retry_of is null order by broadcast_key limit 1',
      [plan.broadcasts[of]?.text ?? ''],
    );
    return (rows as { id: string }[])[0]?.id ?? null;
  };

  async function run(retry: PlannedRetry): Promise<void> {
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      const id = idOf(retry);
      const end = id === null ? 'ask again' : await attempt(id, retry);
      trace('retrier', end, { of: retry.of, key: retry.key });
      if (end === 'done') break;
      await new Promise<void>((resolve) => {
        timeline.after(chance.anyMagnitude(ASK_AGAIN_MS.from, ASK_AGAIN_MS.to), null, resolve);
      });
    }
    underWay--;
  }

  async function attempt(id: string, retry: PlannedRetry): Promise<'done' | 'ask again'> {
    const answer = await processes.ask(({ services }) => makeRetry(services, id, retry));
    return asksAgain(answer, retry) ? 'ask again' : 'done';
  }

  return {
    underWay: () => underWay,
    begin() {
      for (const retry of plan.retries) {
        underWay++;
        timeline.after(retry.atMs, null, () => void run(retry));
      }
    },
  };
}

/** What the route does with `POST /broadcast/{id}/retry` once it has been read. */
async function makeRetry(
  { broadcastService, retryService }: Services,
  id: string,
  { key, statuses, waitMs }: PlannedRetry,
): Promise<Submission> {
  const submittedKey = key === null ? null : { key, submittedHash: `retry of ${id}` };
  const repeated = submittedKey === null ? null : await broadcastService.findRepeated(submittedKey, ANYBODY);
  if (repeated !== null && repeated !== 'unread') return repeated;
  const asked = { submittedKey, waitMs, previewed: null, by: ANYBODY };
  const submission = await retryService.submit(id, { statuses, errorCodes: null }, asked, new AbortController().signal);
  if (key !== null && submission.kind === 'accepted')
    await broadcastService.keepFirstAnswer(submission.broadcast.id, JSON.stringify({ id: submission.broadcast.id }));
  return submission;
}

/** Whoever cannot know whether they were heard may ask again only with a key; that nobody has failed may be so for a while. */
function asksAgain(answer: Answered<Submission>, { key }: PlannedRetry): boolean {
  if (answer.kind === 'answered') return false;
  if (answer.kind === 'lost') return key !== null;
  if (answer.kind === 'refused') return true;
  const { error } = answer;
  if (error instanceof ServiceError) return error.code === 'conflict' || error.code === 'in_progress';
  return key !== null || !(error instanceof OutcomeUnknownError);
}
