import type { BroadcastService, SubmittedRequest, Submission } from '../../services/accepting/broadcastService';
import type { PlannedBroadcast } from '../faults/worldPlan';

type Given = { readonly people: readonly string[]; readonly sendAt: number | null };

/** What the route does with `POST /broadcast` once it has been read. */
export async function makeRequest(
  service: BroadcastService,
  planned: PlannedBroadcast,
  given: Given,
): Promise<Submission> {
  const submittedKey = submittedKeyOf(planned);
  const repeated = submittedKey === null ? null : await service.findRepeated(submittedKey);
  if (repeated !== null && repeated !== 'unread') return repeated;
  const submission = await service.submit(requestOf(planned, given), new AbortController().signal);
  if (planned.key !== null && submission.kind === 'accepted')
    await service.keepFirstAnswer(submission.broadcast.id, JSON.stringify({ id: submission.broadcast.id }));
  return submission;
}

/** Nobody here uses a key for two texts. */
const submittedKeyOf = ({ key, text }: PlannedBroadcast) => (key === null ? null : { key, submittedHash: text });

function requestOf(planned: PlannedBroadcast, { people, sendAt }: Given): SubmittedRequest {
  const valid = planned.people.map((person) => people[person] ?? '');
  return {
    text: planned.text,
    recipients: {
      submitted: valid.length,
      valid,
      duplicates: 0,
      invalid: [],
      invalidCount: 0,
      texts: null,
      spelledOtherwise: { count: 0, entries: [] },
    },
    invalidRecipients: 'reject',
    name: null,
    sender: null,
    expirySeconds: null,
    mediaUrls: null,
    sendAt,
    quietHours: null,
    topic: planned.topic,
    submittedKey: submittedKeyOf(planned),
    waitMs: planned.waitMs,
    previewed: null,
  };
}
