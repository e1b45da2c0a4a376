import { enoughToDoubt, SHORT_GAP_MS } from '../../domain/outcome/restoredCopy';
import { isMasked } from '../../domain/outcome/reconciliation';
import { POSTED_AGAIN_WITHIN_MS } from '../../domain/time/deafTime';
import type { FaultStore } from '../../store/sending/faultStore';
import type { EvidenceStore } from '../../store/settling/evidenceStore';
import type { KnownStand, RestoreStore } from '../../store/restoring/restoreStore';
import type { ListedMessage } from '../plivo/plivoMessageList';
import { createLoop, hasStopped, type Loop, type LoopDeps } from '../upkeep/loop';
import { ANY_SENDER, PAGE_SIZE } from './asking/inquiry';
import { holdWhoWrote, type LostRepliesDeps } from './asking/lostReplies';
import type { MessageList } from './asking/messageList';

export type RestoreCheck = Loop & {
  /** Until then nothing may be sent. */
  readonly isOver: () => boolean;
};

export type RestoreCheckDeps = LoopDeps &
  LostRepliesDeps & {
    readonly restoring: RestoreStore;
    readonly evidence: Pick<EvidenceStore, 'accountedAmong'>;
    readonly faults: Pick<FaultStore, 'record' | 'clear'>;
    readonly list: MessageList;
    readonly wakeDispatcher: () => void;
    /** A second where it is not said. */
    readonly lookEveryMs?: number;
  };

const BEAT_EVERY_MS = 5000;
const ASK_AGAIN_MS = 2000;
/** Of the time between two looks of other loops. */
const ASK_AGAIN_UNDER_FAULT = 15;
/** After a mere restart nobody waits longer for a list that is away. */
const PATIENCE_MS = 4000;
/** Plivo's clock may differ from the database's. */
const BEFORE_MS = 2 * 60_000;
const AFTER_MS = 2 * 3_600_000;
const PAGES = 3;
const HOUR_MS = 3_600_000;

/** `busy`: the list cannot be asked now; `refused`: nor later, as it looks. */
type Finding = 'as known' | 'more than known' | 'busy' | 'refused';

/**
 * A database that was put back from a copy believes that people wait who were texted since, and would text them again. So
 * before an instance sends what it finds waiting, Plivo's list is asked for messages since the last moment that the store
 * knows of. Where it shows people who wait here, all that waited then goes only once it was looked for one by one, like
 * calls whose answers were lost. Whoever wrote to us in that time is held, too, as soon as it was longer than Plivo posts a text
 * again: their STOP is lost. While the list cannot be asked, a person may say that the database is no copy.
 */
export function createRestoreCheck(deps: RestoreCheckDeps): RestoreCheck {
  const { restoring, faults, timers, logger, wakeDispatcher, lookEveryMs = 1000 } = deps;
  const againUnderFaultMs = ASK_AGAIN_UNDER_FAULT * lookEveryMs;
  const startedAt = timers.monotonicMs();
  let stand: KnownStand | null | undefined;
  let [isKept, over] = [false, false];

  async function step(signal: AbortSignal): Promise<number> {
    if (over) {
      await restoring.beat();
      return BEAT_EVERY_MS;
    }
    // As it was at the start: what comes in meanwhile is in no doubt.
    stand = stand === undefined ? await restoring.stand() : stand;
    if (stand === null || (isKept && (await restoring.isKnownAfter(stand.now)))) {
      await end();
      return 0;
    }
    const finding = await whatIsKnown(stand, signal);
    if (hasStopped(signal)) return 0;
    if (finding === 'busy' || finding === 'refused') return await wait(stand, finding);
    if (finding === 'more than known') {
      await restoring.doubt(stand);
      logger.error(
        `The database is a copy that was put back: ${stand.isInDoubt ? KNOWN_BEFORE : BY_LIST}. What waits is looked for in its list before it is sent`,
        { since: new Date(stand.until).toISOString() },
      );
    }
    if (finding === 'more than known' || stand.now - stand.until > POSTED_AGAIN_WITHIN_MS) {
      const held = await holdWhoWrote(deps, { from: stand.until - BEFORE_MS, to: stand.now }, signal);
      if (hasStopped(signal)) return 0;
      if (held === 'busy') return await keepWaiting(UNHEARD);
      if (held === 'refused') logger.error('Who wrote while nothing ran here is unknown: Plivo does not show its list');
    }
    await end();
    return 0;
  }

  async function end(): Promise<void> {
    await restoring.beat();
    await faults.clear(['restored']);
    over = true;
    wakeDispatcher();
  }

  async function whatIsKnown(known: KnownStand, signal: AbortSignal): Promise<Finding> {
    if (known.isInDoubt) return 'more than known';
    return known.waiting === 0 ? 'as known' : await lookInTime(known, signal);
  }

  /** Requests to the list are few, and the look may wait for its turn. */
  async function lookInTime(known: KnownStand, signal: AbortSignal): Promise<Finding> {
    if (!isShort(known)) return await lookSince(deps, known, signal);
    const limit = new AbortController();
    const leftMs = Math.max(0, startedAt + PATIENCE_MS - timers.monotonicMs());
    const timeUp = timers.sleep(leftMs, AbortSignal.any([signal, limit.signal])).then(() => limit.abort());
    const finding = await lookSince(deps, known, AbortSignal.any([signal, limit.signal]));
    limit.abort();
    await timeUp;
    return finding;
  }

  async function wait(known: KnownStand, finding: 'busy' | 'refused'): Promise<number> {
    if (isShort(known)) {
      if (finding === 'busy' && timers.monotonicMs() - startedAt < PATIENCE_MS) return ASK_AGAIN_MS;
      logger.warn("Plivo's message list cannot be asked after this restart; what waits is sent without");
      await end();
      return 0;
    }
    return await keepWaiting(UNKNOWN);
  }

  async function keepWaiting(reason: string): Promise<number> {
    isKept = true;
    await faults.record({ code: 'restore_check', status: null, reason }, () => againUnderFaultMs);
    return againUnderFaultMs;
  }

  return { ...createLoop(deps, { name: 'restore check', step }), isOver: () => over };
}

const BY_LIST = 'Plivo has messages to people who wait here';
/** By a person, or by an instance that ended before it could send anything. */
const KNOWN_BEFORE = 'that was said or found before this start';
const UNKNOWN =
  'Nothing ran here for a while, and what waits may have been sent since, if the database is a copy that was put back: ' +
  "Plivo's message list is asked before anything goes, and cannot be asked at present.";
const UNHEARD =
  'Nothing ran here for a while, and whoever said STOP since may be unknown here: ' +
  "Plivo's message list is asked who wrote before anything goes, and cannot be asked at present.";

const isShort = ({ now, until }: KnownStand): boolean => now - until < SHORT_GAP_MS;

async function lookSince(deps: RestoreCheckDeps, stand: KnownStand, signal: AbortSignal): Promise<Finding> {
  const needed = enoughToDoubt(stand.waiting);
  const found = new Set<string>();
  const span = { ...ANY_SENDER, from: stand.until - BEFORE_MS, to: stand.now + AFTER_MS };
  const note = async (messages: readonly ListedMessage[]) => {
    const strangers = await peopleOf(deps, messages, stand);
    for (const number of await deps.restoring.waitingAmong(strangers, stand, needed)) found.add(number);
    return found.size >= needed;
  };

  for (let page = 0; page < PAGES; page++) {
    const listed = await deps.list.find({ ...span, toNumber: null, offset: page * PAGE_SIZE }, signal);
    if (listed.kind !== 'listed') return listed.kind;
    if (await note(listed.messages)) return 'more than known';
    if (listed.messages.length < PAGE_SIZE) return 'as known';
  }
  // More than a few pages: those who would have been next tell sooner than all of them.
  for (const number of await deps.restoring.nextPeople(stand)) {
    const listed = await deps.list.find({ ...span, toNumber: number, offset: 0 }, signal);
    if (listed.kind !== 'listed') return listed.kind;
    if (await note(listed.messages)) return 'more than known';
  }
  return 'as known';
}

/** Who has messages that this store knows nothing of. */
async function peopleOf(
  { evidence }: RestoreCheckDeps,
  messages: readonly ListedMessage[],
  { until, now }: KnownStand,
): Promise<string[]> {
  const uuids = messages.map(({ messageUuid }) => messageUuid);
  if (uuids.length === 0) return [];
  const accounted = await evidence.accountedAmong(uuids, { from: until - HOUR_MS, to: now + HOUR_MS });
  const unknown = messages.filter(({ messageUuid, toNumber }) => !accounted.has(messageUuid) && !isMasked(toNumber));
  return [...new Set(unknown.map(({ toNumber }) => toNumber))];
}
