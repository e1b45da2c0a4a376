import type { BroadcastService, SubmittedRequest, Submission } from '../../services/accepting/broadcastService';
import { ANYBODY } from '../../domain/access/caller';
import { PersonalTexts } from '../../domain/lists/personalTexts';
import { readMessage } from '../../domain/text/messageText';
import { wordingOf } from '../faults/wordings';
import type { PlannedBroadcast } from '../faults/worldPlan';

type Given = {
  readonly people: readonly string[];
  readonly sendAt: number | null;
  readonly sendAtLocal: string | null;
};

/** What the route does with `POST /broadcast` once it has been read. */
export async function makeRequest(
  service: BroadcastService,
  planned: PlannedBroadcast,
  given: Given,
): Promise<Submission> {
  const submittedKey = submittedKeyOf(planned);
  const repeated = submittedKey === null ? null : await service.findRepeated(submittedKey, ANYBODY);
  if (repeated !== null && repeated !== 'unread') return repeated;
  const submission = await service.submit(requestOf(planned, given), new AbortController().signal);
  if (planned.key !== null && submission.kind === 'accepted')
    await service.keepFirstAnswer(submission.broadcast.id, JSON.stringify({ id: submission.broadcast.id }));
  return submission;
}

/** Nobody here uses a key for two texts. */
const submittedKeyOf = ({ key, text }: PlannedBroadcast) => (key === null ? null : { key, submittedHash: text });

/** What each of its people is told, where that is something of their own. */
function textsOf({ text, people, wordings }: PlannedBroadcast): PersonalTexts | null {
  if (wordings === 1) return null;
  const { personal } = readMessage(wordingOf(text, '{{wording}}'), 'auto');
  if (personal === null) throw new Error('The message has no fields.');
  const texts = new PersonalTexts(personal, 0);
  for (const person of people) texts.add([String(person % wordings)]);
  return texts;
}

function requestOf(planned: PlannedBroadcast, { people, sendAt, sendAtLocal }: Given): SubmittedRequest {
  const valid = planned.people.map((person) => people[person] ?? '');
  return {
    text: planned.text,
    recipients: {
      submitted: valid.length,
      valid,
      duplicates: 0,
      invalid: [],
      invalidCount: 0,
      texts: textsOf(planned),
      spelledOtherwise: { count: 0, entries: [] },
    },
    invalidRecipients: 'reject',
    name: null,
    sender: planned.sender,
    expirySeconds: null,
    mediaUrls: null,
    sendAt,
    sendAtLocal,
    canary: planned.canary,
    quietHours: null,
    topic: planned.topic,
    submittedKey: submittedKeyOf(planned),
    waitMs: planned.waitMs,
    previewed: null,
    by: ANYBODY,
  };
}
