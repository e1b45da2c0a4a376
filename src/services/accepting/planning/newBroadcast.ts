import { randomBytes } from 'node:crypto';
import type { InvalidRecipient } from '../../../domain/lists/recipientList';
import { TextSet } from '../../../domain/lists/textSet';
import type { Load, PlannedBatch, PlannedBatches } from '../../../domain/plan/broadcastPlan';
import { loadsBySender, type SenderLoad } from '../../../domain/plan/senderLoads';
import { nameOf, type Origin } from '../../../domain/plan/senders';
import type { Timers } from '../../../domain/time/timers';
import type { NewBatch, NewBatches, NewBroadcast } from '../../../store/accepting/broadcastInsert';
import { textHashOf, type BroadcastRequest } from '../broadcastRequest';
import type { Plan } from './planning';

/** What is known of a broadcast on its way into the database beside its request and its plan. */
export type NewBroadcastParts = Pick<
  NewBroadcast,
  'id' | 'by' | 'idempotency' | 'waitMs' | 'quietHours' | 'approval'
> & {
  /** Who texts come from where the request does not say; null where every calling code has its own sender. */
  readonly origin: Origin | null;
  readonly nextTurn: Timers['nextTurn'];
};

const TOKEN_BYTES = 24;
/** As base64url, which writes three bytes as four characters. */
const TOKEN_LENGTH = (TOKEN_BYTES / 3) * 4;

/** In slices: there may be as many invalid entries as people. */
export async function newBroadcastOf(
  request: BroadcastRequest,
  plan: Plan,
  { origin, nextTurn, ...parts }: NewBroadcastParts,
): Promise<NewBroadcast> {
  const { recipients } = request;
  const own = ownOrigin(request, origin);
  return {
    ...parts,
    ...originColumns(own),
    name: request.name,
    text: request.text,
    expirySeconds: request.expirySeconds,
    mediaUrls: request.mediaUrls,
    callbackUrl: request.callbackUrl ?? null,
    textHash: textHashOf(request),
    topic: request.topic,
    isTest: request.isTest === true,
    ...(request.retry === undefined ? {} : { retry: request.retry }),
    scheduledAt: plan.startsAt,
    sendAtLocal: request.sendAtLocal,
    encoding: plan.texts?.encoding ?? plan.measure.encoding,
    segmentsPerMessage: plan.texts?.segments.max ?? plan.measure.segments,
    segments: plan.segments,
    personal: plan.texts === null ? null : { distinct: plan.texts.distinct, leastSegments: plan.texts.segments.min },
    ...(request.saved === undefined ? {} : { saved: request.saved }),
    excepted: recipients.excepted ?? 0,
    submitted: recipients.submitted,
    duplicates: recipients.duplicates,
    accepted: plan.accepted,
    invalid: await distinctly(recipients.invalid, nextTurn),
    optedOut: plan.optedOut,
    batches: withTokens(plan.batches),
    canary: request.canary === null || plan.canary === null ? null : { ...request.canary, picked: plan.canary },
    held: heldOf(plan.loads),
    countries: plan.countries,
    senders: sendersOf(plan.loads, own),
    currency: plan.currency,
  };
}

/** Who the broadcast comes from, as far as it says; null where every calling code, or every batch, has its own. */
function ownOrigin({ sender, retry }: BroadcastRequest, configured: Origin | null): Origin | null {
  if (retry !== undefined) return retry.origin;
  return sender === null ? configured : { sender };
}

const originColumns = (origin: Origin | null) => ({
  sender: origin !== null && 'sender' in origin ? origin.sender : null,
  powerpackUuid: origin !== null && 'powerpackUuid' in origin ? origin.powerpackUuid : null,
});

/** Where all come from whom the broadcast says, there is nothing more to say. */
function sendersOf(loads: readonly Load[], own: Origin | null): readonly SenderLoad[] {
  const senders = loadsBySender(loads);
  const isAllOwn = own !== null && senders.every(({ sender }) => sender === nameOf(own));
  return isAllOwn ? [] : senders;
}

/** Each reading of a batch gives it a new token: what is written again is not there yet. */
const withTokens = (batches: PlannedBatches): NewBatches => ({
  length: batches.length,
  slice(from, to) {
    const planned = batches.slice(from, to);
    // At once: asking the system for each of a thousand took as long as all else that is done for them.
    const random = randomBytes(planned.length * TOKEN_BYTES).toString('base64url');
    return planned.map((batch, index) => withToken(batch, tokenAt(random, index)));
  },
});

/** Field by field: it takes a third of the time of a copy with one more. */
const withToken = ({ origin, zones, goesAt, notBefore, recipients, own }: PlannedBatch, token: string): NewBatch => ({
  origin,
  zones,
  goesAt,
  notBefore,
  recipients,
  own,
  token,
});

function heldOf(loads: readonly Load[]): NewBroadcast['held'] {
  const until = loads.reduce((latest, { notBefore }) => Math.max(latest, notBefore ?? 0), 0);
  const last = loads.filter(({ notBefore }) => notBefore === until);
  return until === 0 ? null : { until, batches: last.reduce((all, { calls }) => all + calls, 0) };
}

/** Unguessable: it is what stands between a stranger and the state of a batch where Plivo signs no body. */
const tokenAt = (random: string, index: number): string =>
  random.slice(index * TOKEN_LENGTH, (index + 1) * TOKEN_LENGTH);

/** Shortened entries may look alike; each is kept under a name of its own. */
function distinctly(
  invalid: readonly InvalidRecipient[],
  nextTurn: Timers['nextTurn'],
): Promise<{ value: string; reason: string }[]> {
  const seen = new TextSet();
  const distinct = ({ index, line, value, reason }: InvalidRecipient) => {
    let name = value === '' && line !== null ? `(nothing in line ${line})` : value;
    while (!seen.add(name)) name += ` (entry ${index})`;
    return { value: name, reason };
  };
  return mapInSlices(invalid, distinct, nextTurn);
}

/** So many are dealt with before others get their turn: 3 ms. */
const SLICE = 5000;

async function mapInSlices<In, Out>(
  all: readonly In[],
  map: (one: In) => Out,
  nextTurn: Timers['nextTurn'],
): Promise<Out[]> {
  const mapped: Out[] = [];
  for (let from = 0; from < all.length; from += SLICE) {
    if (from > 0) await nextTurn();
    for (const one of all.slice(from, from + SLICE)) mapped.push(map(one));
  }
  return mapped;
}
