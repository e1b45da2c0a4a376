import { sql, type Transaction } from 'kysely';
import type { PacesOf } from '../../domain/plan/senderRates';
import { nameOf, type Origin } from '../../domain/plan/senders';
import { bothWithin, type Paces } from '../../domain/time/pacing';
import type { TextCap } from '../../domain/time/textCaps';
import { transitionBatch } from '../state/batchTransition';
import { takeCanaryBack } from '../state/counts/canaryCourse';
import { CounterChanges, updateBroadcast } from '../state/counts/counters';
import { rootOf } from '../state/retryFamily';
import { inTransaction, type Database } from '../engine/database';
import { LONGEST_BACKOFF_MS, doubtedSince, originOf, pickCandidate, unitsOf, type Candidate } from './candidate';
import { recipientsToText } from './claimRecipients';
import { deferBatches, handOverOf } from './deferral';
import { blaming, ClaimFailedError, putAside } from './failedClaim';
import { fullLine, linesOf, linesWithin, type Line } from './lines';
import { untilNextAttempt } from './nextAttempt';
import { createRounds, MOST_PASSED_AT_ONCE, pacedBy, passOver, type Round } from './rounds';
import type { Engine } from '../engine/engine';
import type { Phones } from '../engine/phones';
import type { Schema } from '../engine/schema';

/** A batch that its claimer, and nobody else, may now send. */
export type Claim = {
  readonly broadcastKey: number;
  readonly broadcastId: string;
  readonly number: number;
  readonly claimNumber: number;
  /** The try that is about to be made, from 1. */
  readonly attempt: number;
  readonly callbackToken: string;
  /** Whom to text: opted-out people are gone already. */
  readonly recipients: readonly string[];
  readonly text: string;
  /** The broadcast says something of its own to each, so that there are many calls. */
  readonly isPersonal: boolean;
  readonly origin: Origin;
  readonly expirySeconds: number | null;
  readonly mediaUrls: readonly string[] | null;
  /** What Plivo's queues are filled by, and the bill: parts of texts, or messages with media. */
  readonly units: number;
  /** What may wait with Plivo, these texts included, if they are to leave in time. */
  readonly paces: Paces;
  /** The broadcast is this batch alone, and its caller waits to be told. */
  readonly isAwaited: boolean;
  /** When Plivo last refused the batch for now, and with which code; null where it never has, or something came after. */
  readonly lastRefusal: { readonly at: number; readonly code: string } | null;
  /** How often it has. */
  readonly refusals: number;
  /**
   * Since when it may have been sent without this store's knowing, which is a copy that was put back: it is to be looked for
   * before it is sent. Null where that is not so. Milliseconds since 1970, by the database's clock.
   */
  readonly doubtedSince: number | null;
  /** By the same clock. */
  readonly claimedAt: number;
};

export type ClaimOptions = {
  readonly owner: string;
  readonly leaseMs: number;
  /** Only broadcasts of one call whose caller is waiting: all that may go while a fault stops the others. */
  readonly onlyAwaited: boolean;
  /** The call is to feel whether a fault is over. */
  readonly isProbe: boolean;
  /** What may wait with Plivo at most. */
  readonly pacesOf: PacesOf;
  /** Who got the same text within this time is left out; 0 leaves nobody out. */
  readonly duplicateWindowMs: number;
  /** Who got so many texts is left out. */
  readonly textCaps: readonly TextCap[];
};

/**
 * What came of looking for a batch: one that may now be sent; `emptied`: one that had nobody left to text was settled
 * without a call; `deferred`: one that met quiet hours, or would have with its last text, waits for their end; `paced`:
 * Plivo has as much waiting as it may, of each sender that has batches due; `searching`: of so many of them that the next
 * claim is to look behind these.
 * Null when there is none.
 */
export type ClaimResult =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  | { readonly kind: 'emptied' | 'deferred' }
  | { readonly kind: 'searching' }
  | { readonly kind: 'paced'; readonly waitMs: number }
  | null;

export type ClaimStore = {
  /**
   * Takes the next batch: of the broadcasts that can go on, that of the one that has waited longest.
   *
   * @throws ClaimFailedError for a batch that cannot be claimed; it is put aside, and the others go on
   */
  claimNextBatch(options: ClaimOptions): Promise<ClaimResult>;
  /** Milliseconds until a batch that waits for its next try is due; null when none waits. */
  nextAttemptInMs(options: Pick<ClaimOptions, 'onlyAwaited'>): Promise<number | null>;
};

export function createClaimStore({ db, engine, phones }: Database): ClaimStore {
  const rounds = createRounds();
  return {
    async claimNextBatch(options) {
      const begun = rounds.take(options);
      try {
        const found = await inTransaction(db, (tx) => claimNextBatch(tx, engine, { ...options, phones }, begun));
        if (found?.kind !== 'searching') return found;
        rounds.keep(options, found.round);
        return { kind: 'searching' };
      } catch (error) {
        if (error instanceof StoppedMeanwhileError) return null;
        if (error instanceof ClaimFailedError) await putAside({ db, engine }, error);
        throw error;
      }
    },
    async nextAttemptInMs({ onlyAwaited }) {
      const wait = await untilNextAttempt(db, engine, { onlyAwaited });
      return wait === null ? null : Math.min(Math.max(wait, 0), LONGEST_BACKOFF_MS);
    },
  };
}

type Claiming = ClaimOptions & { readonly phones: Phones };

/** Undoes a claim. */
class StoppedMeanwhileError extends Error {}
const isStop = (error: unknown) => error instanceof StoppedMeanwhileError;

/** `searching`: there may be one behind all that have been passed over. */
type Found =
  Exclude<Looked, Paced> | ReturnType<typeof pacedBy> | { readonly kind: 'searching'; readonly round: Round };

async function claimNextBatch(
  tx: Transaction<Schema>,
  engine: Engine,
  options: Claiming,
  begun: Round,
): Promise<Found> {
  const { onlyAwaited, isProbe } = options;
  let round = begun;
  for (let left = MOST_PASSED_AT_ONCE; left > 0; left--) {
    const candidate = await pickCandidate(tx, engine, { onlyAwaited, freshFirst: isProbe, except: round.passed });
    if (candidate === null) return pacedBy(round);
    const result = await blaming(candidate, isStop, () => claimCandidate(tx, engine, candidate, options));
    if (result.kind !== 'paced') return result;
    const { broadcast_key: broadcastKey } = candidate.batch;
    const turn = {
      broadcastKey,
      sender: nameOf(originOf(candidate)),
      isPatient: letsOthersPass(candidate, result.line),
    };
    round = passOver(round, turn, { waitMs: result.waitMs, full: result.line.of });
    if (result.line.of === 'account' && !turn.isPatient) return pacedBy(round);
  }
  return { kind: 'searching', round };
}

/**
 * Texts that are valid for less time than others may wait need a queue that is shorter than others need. They let
 * those go first, but not for longer than the queue may be: then they have their turn, for which Plivo need not be idle.
 */
function letsOthersPass({ broadcast, now }: Candidate, { pace }: Line): boolean {
  if (broadcast.expiry_seconds === null) return false;
  return broadcast.expiry_seconds * 1000 < pace.horizonMs && now - broadcast.turn_at <= pace.horizonMs;
}

type Looked = Exclude<NonNullable<ClaimResult>, { kind: 'paced' | 'searching' }> | Paced;
/** `line`: what has no room, with the longest queue that it may have for anybody. */
type Paced = { readonly kind: 'paced'; readonly waitMs: number; readonly line: Line };

async function claimCandidate(
  tx: Transaction<Schema>,
  engine: Engine,
  candidate: Candidate,
  options: Claiming,
): Promise<Looked> {
  const { expiry_seconds: expirySeconds } = candidate.broadcast;
  const paces = options.pacesOf(nameOf(originOf(candidate)));
  const lines = await linesOf(tx, candidate, paces);
  const verdict = handOverOf(candidate, lines);
  if (verdict.kind === 'later') {
    await deferBatches(tx, engine, candidate, verdict.at);
    return { kind: 'deferred' };
  }
  const horizonMs = Math.min((expirySeconds ?? Infinity) * 1000, verdict.horizonMs);
  const full = fullLine(candidate, linesWithin(lines, horizonMs));
  if (full !== null) {
    const line = lines.find((one) => one.of === full.line.of) ?? full.line;
    return { kind: 'paced', waitMs: full.waitMs, line };
  }

  const recipients = await takeBatch(tx, engine, candidate, options);
  return recipients.length === 0
    ? { kind: 'emptied' }
    : { kind: 'claimed', claim: claimOf(candidate, recipients, bothWithin(paces, horizonMs)) };
}

/** Of what is tried out. */
const NO_LIMITS = { duplicateWindowMs: 0, caps: [] };

/** Makes the batch its claimer's; returns whom they are to text. */
async function takeBatch(
  tx: Transaction<Schema>,
  engine: Engine,
  { batch, broadcast }: Candidate,
  { owner, leaseMs, duplicateWindowMs, textCaps, phones }: Claiming,
): Promise<string[]> {
  const ref = { broadcastKey: batch.broadcast_key, number: batch.number };
  const changes = new CounterChanges();
  const { text_hash: textHash, topic } = broadcast;
  const rootKey = rootOf({ ...broadcast, broadcast_key: batch.broadcast_key });
  const family = rootKey === null ? null : { rootKey, except: batch.broadcast_key };
  const limits = broadcast.is_test === 1 ? NO_LIMITS : { duplicateWindowMs, caps: textCaps };
  const guards = { textHash, text: batch.message_text, topic, family, ...limits };
  const recipients = await recipientsToText(tx, engine, ref, { waiting: batch.recipients, guards, changes, phones });
  await transitionBatch(tx, engine, ref, 'claim', changes, {
    recipients: null,
    claim_number: batch.claim_number + 1,
    claim_failures: 0,
    attempts: batch.attempts + 1,
    lease_owner: owner,
    lease_expires_at: sql<number>`${engine.now} + ${leaseMs}`,
    lease_ms: leaseMs,
    claimed_at: engine.now,
    called_at: null,
    answered_at: null,
    messages_taken: null,
  });
  if (recipients.length === 0) await transitionBatch(tx, engine, ref, 'accept', changes);
  const status = await updateBroadcast(tx, engine, ref.broadcastKey, { changes, event: 'start' });
  // Paused or cancelled since the batch was picked; the row is locked now, so this is the last word.
  if (status === 'paused' || status === 'cancelled') throw new StoppedMeanwhileError();
  if (broadcast.canary_state !== null) await takeCanaryBack(tx, ref.broadcastKey);
  return recipients;
}

function claimOf(candidate: Candidate, recipients: readonly string[], paces: Paces): Claim {
  const { batch, broadcast, now } = candidate;
  return {
    broadcastKey: batch.broadcast_key,
    number: batch.number,
    claimNumber: batch.claim_number + 1,
    recipients,
    origin: originOf({ batch, broadcast }),
    broadcastId: broadcast.id,
    attempt: batch.attempts + 1,
    callbackToken: batch.callback_token,
    text: batch.message_text ?? broadcast.message_text,
    isPersonal: broadcast.distinct_texts !== null,
    expirySeconds: broadcast.expiry_seconds,
    mediaUrls: broadcast.media_urls === null ? null : (JSON.parse(broadcast.media_urls) as string[]),
    units: unitsOf({ batch, broadcast }, recipients.length),
    paces,
    isAwaited: broadcast.batches_total === 1 && (broadcast.waiting_until ?? 0) > now,
    lastRefusal:
      batch.refused_at === null || batch.error_code === null ? null : { at: batch.refused_at, code: batch.error_code },
    refusals: batch.refusals,
    doubtedSince: doubtedSince(candidate),
    claimedAt: now,
  };
}
