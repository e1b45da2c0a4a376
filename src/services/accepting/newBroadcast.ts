import { randomBytes } from 'node:crypto';
import type { InvalidRecipient } from '../../domain/numbers/recipientList';
import type { Origin } from '../../domain/plan/senders';
import type { NewBroadcast } from '../../store/accepting/broadcastInsert';
import { textHashOf, type BroadcastRequest } from './broadcastRequest';
import type { Plan } from './planning';

/** What is known of a broadcast on its way into the database beside its request and its plan. */
export type NewBroadcastParts = Pick<NewBroadcast, 'id' | 'idempotency' | 'waitMs' | 'quietHours'> & {
  /** Who texts come from where the request does not say; null where every calling code has its own sender. */
  readonly origin: Origin | null;
};

const TOKEN_BYTES = 24;

/** Each call gives the batches new tokens: whoever writes a broadcast again writes the same object. */
export function newBroadcastOf(
  request: BroadcastRequest,
  plan: Plan,
  { origin, ...parts }: NewBroadcastParts,
): NewBroadcast {
  const { recipients } = request;
  return {
    ...parts,
    ...originOf(request.sender, origin),
    name: request.name,
    text: request.text,
    expirySeconds: request.expirySeconds,
    mediaUrls: request.mediaUrls,
    textHash: textHashOf(request),
    scheduledAt: request.sendAt,
    encoding: plan.measure.encoding,
    segmentsPerMessage: plan.measure.segments,
    submitted: recipients.submitted,
    duplicates: recipients.duplicates,
    accepted: plan.accepted,
    invalid: distinctly(recipients.invalid),
    optedOut: plan.optedOut,
    batches: plan.batches.map((batch) => ({ ...batch, token: newToken() })),
    countries: plan.countries,
    currency: plan.currency,
  };
}

function originOf(
  override: string | null,
  origin: Origin | null,
): { sender: string | null; powerpackUuid: string | null } {
  if (override !== null) return { sender: override, powerpackUuid: null };
  if (origin === null) return { sender: null, powerpackUuid: null };
  return 'sender' in origin
    ? { sender: origin.sender, powerpackUuid: null }
    : { sender: null, powerpackUuid: origin.powerpackUuid };
}

/** Unguessable: it is what stands between a stranger and the state of a batch where Plivo signs no body. */
const newToken = () => randomBytes(TOKEN_BYTES).toString('base64url');

/** Shortened entries may look alike; each is kept under a name of its own. */
function distinctly(invalid: readonly InvalidRecipient[]): { value: string; reason: string }[] {
  const seen = new Set<string>();
  return invalid.map(({ index, value, reason }) => {
    let distinct = value;
    while (seen.has(distinct)) distinct += ` (entry ${index})`;
    seen.add(distinct);
    return { value: distinct, reason };
  });
}
