import type { UnconfirmedPolicy } from '../../../config/plivoConfig';
import {
  afterLook,
  callsBehind,
  isMasked,
  isProof,
  judgeCount,
  judgeLook,
  judgeProbe,
  searchWindows,
  spread,
  type LookResult,
  type ProbeVerdict,
  type ProofOfSending,
  type TimeSpan,
} from '../../domain/outcome/reconciliation';
import type { ReconcileStore, UnsettledBatch } from '../../store/settling/reconcileStore';
import type { BroadcastChanges } from '../telling/broadcastChanges';
import { createLoop, type Loop, type LoopDeps } from '../upkeep/loop';
import type { ListedMessage } from '../plivo/plivoMessageList';
import type { MessageList, MessageListAnswer } from './messageList';

export type ReconcilerDeps = LoopDeps & {
  readonly reconciling: ReconcileStore;
  readonly list: MessageList;
  readonly changes: BroadcastChanges;
  readonly wakeDispatcher: () => void;
  readonly config: {
    readonly unconfirmed: UnconfirmedPolicy;
    readonly reconcileAfterMs: number;
    readonly timeoutMs: number;
    readonly maxAttempts: number;
  };
};

const LOOK_FOR_DUE_EVERY_MS = 1000;
const LEAST_SPACING_MS = 1000;
const PROBES = 4;
const PAGE_SIZE = 20;
/** Pages that are read of a list that hides the numbers. */
const MASKED_PAGES = 5;

/**
 * Settles batches whose outcome is unknown. Delivery reports do so by themselves; this asks Plivo's message list when
 * none came, within a budget that all instances share, and leaves to a person what cannot be found out.
 */
export function createReconciler(deps: ReconcilerDeps): Loop {
  const { reconciling, list, changes, logger, config } = deps;
  const lookEveryMs = Math.min(LOOK_FOR_DUE_EVERY_MS, Math.max(50, config.reconcileAfterMs));

  async function settleNext(signal: AbortSignal): Promise<boolean> {
    const batch = await reconciling.takeDue({
      firstAfterMs: config.unconfirmed === 'reconcile' ? config.reconcileAfterMs : 0,
      nextAfterMs: Math.max(config.reconcileAfterMs, LEAST_SPACING_MS),
      timeoutMs: config.timeoutMs,
    });
    if (batch === null) return false;
    if (config.unconfirmed === 'reconcile') await look(batch, signal);
    else if (config.unconfirmed === 'retry' && batch.attempts < config.maxAttempts) await sendAgain(batch);
    else await hold(batch, 'It is unknown whether Plivo took this batch.');
    changes.publish(batch.broadcastId);
    return true;
  }

  async function look(batch: UnsettledBatch, signal: AbortSignal): Promise<void> {
    const { result, named } = await searchFor(batch, signal);
    if (result === 'busy') return;
    const isAbsent = result === 'absent';
    if (result !== 'found') await reconciling.recordLook(batch, isAbsent ? 'looks' : 'fruitless_looks');
    const next = afterLook(result, {
      looks: batch.looks + (isAbsent ? 1 : 0),
      fruitlessLooks: batch.fruitlessLooks + (isAbsent ? 0 : 1),
    });
    logger.info('Asked Plivo for a batch whose answer was lost', { ...logDataOf(batch), result, next });
    if (next === 'sent') await reconciling.prove(batch, named);
    if (next === 'not_sent') await sendAgain(batch);
    if (next === 'held') await hold(batch, REASONS[result === 'refused' ? 'refused' : 'unclear']);
  }

  async function sendAgain(batch: UnsettledBatch): Promise<void> {
    if (await reconciling.disprove(batch, { maxAttempts: config.maxAttempts })) deps.wakeDispatcher();
  }

  async function hold(batch: UnsettledBatch, reason: string): Promise<void> {
    const held = await reconciling.hold(batch, { code: 'held', status: null, reason: `${reason} ${DECIDE}` });
    if (held) logger.error('A batch is held: a person must decide whether it was sent', logDataOf(batch));
  }

  /**
   * Looks at what the list shows around the call, then asks for some of the batch's numbers, others at each look. A list
   * that hides numbers finds nobody by number, so absence is believed only where the list is seen to be open.
   */
  async function searchFor(batch: UnsettledBatch, signal: AbortSignal): Promise<Search> {
    const { whole, near } = searchWindows(batch.calledAt, config.timeoutMs);
    const recipients = await reconciling.unknownRecipients(batch);
    const ask: Ask = (window, toNumber, offset = 0) =>
      list.find({ ...originOf(batch), ...window, toNumber, offset }, signal);

    const hits: Hit[] = [];
    const isEnough = () => isProof(hits, recipients.length);

    for (const window of [near, whole]) {
      const page = await ask(window, null);
      if (page.kind !== 'listed') return searched(page.kind);
      if (page.messages.some(isHidden)) return searched(await searchByUuid(batch, recipients.length, whole, ask));
      hits.push(...(await hitsAmong(batch, recipients, page.messages)));
      if (isEnough()) return { result: 'found', named: hits };
      if (page.messages.length > 0) break;
      // Nothing at all was sent in hours.
      if (window === whole) return searched('absent');
    }
    const verdicts: ProbeVerdict[] = [];
    for (const number of spread(recipients, PROBES, batch.looks).filter(isNew(hits))) {
      const page = await ask(whole, number);
      if (page.kind !== 'listed') return searched(page.kind);
      const { verdict, hit } = await judge(batch, number, page.messages);
      // Behind a full page there may be more.
      verdicts.push(verdict === 'absent' && page.messages.length >= PAGE_SIZE ? 'unclear' : verdict);
      if (hit !== null) hits.push(hit);
      if (isEnough()) return { result: 'found', named: hits };
    }
    return searched(hits.length > 0 ? 'unclear' : judgeLook(verdicts));
  }

  /** Messages of the page that can only be this batch's. */
  async function hitsAmong(
    batch: UnsettledBatch,
    recipients: readonly string[],
    messages: readonly ListedMessage[],
  ): Promise<Hit[]> {
    const listed = new Set(messages.map((message) => `+${digitsOf(message.toNumber)}`));
    const hits: Hit[] = [];
    for (const number of recipients.filter((each) => listed.has(each))) {
      const { hit } = await judge(batch, number, messages);
      if (hit !== null) hits.push(hit);
      if (isProof(hits, recipients.length)) break;
    }
    return hits;
  }

  async function judge(
    batch: UnsettledBatch,
    number: string,
    messages: readonly ListedMessage[],
  ): Promise<{ verdict: ProbeVerdict; hit: Hit | null }> {
    const { whole, near } = searchWindows(batch.calledAt, config.timeoutMs);
    const others = await reconciling.othersOf(number, batch, callsBehind(whole));
    const own = messages.filter((message) => digitsOf(message.toNumber) === digitsOf(number));
    const { verdict, uuid } = judgeProbe({ ...others, listed: own.map((message) => message.messageUuid) });
    if (verdict !== 'found') return { verdict, hit: null };
    const isNear = own.some(({ messageTime: at }) => at !== null && at >= near.from && at <= near.to);
    return { verdict, hit: { number, uuid, isNear } };
  }

  /** With the numbers hidden, the uuids are left: how many of them does no other batch account for? */
  async function searchByUuid(
    batch: UnsettledBatch,
    recipients: number,
    window: TimeSpan,
    ask: Ask,
  ): Promise<Search['result']> {
    if ((await reconciling.unnamedBatches(batch, callsBehind(window))) > 0) return 'unclear';
    let unaccounted = 0;
    for (let page = 0; page < MASKED_PAGES; page++) {
      const listed = await ask(window, null, page * PAGE_SIZE);
      if (listed.kind !== 'listed') return listed.kind;
      const uuids = listed.messages.map((message) => message.messageUuid);
      unaccounted += uuids.length - (await reconciling.accountedAmong(uuids, callsBehind(window))).size;
      const isLast = uuids.length < PAGE_SIZE;
      const verdict = judgeCount({ unaccounted, recipients, isLast });
      if (verdict !== 'unclear' || isLast) return verdict;
    }
    return 'unclear';
  }

  return createLoop(deps, {
    name: 'reconciler',
    step: async (signal) => ((await settleNext(signal)) ? 0 : lookEveryMs),
  });
}

type Search = {
  /** `busy`: no request is free at present, or Plivo asked to slow down; that says nothing about the batch. */
  readonly result: LookResult | 'busy';
  /** Whose messages were found. */
  readonly named: readonly Hit[];
};

type Hit = ProofOfSending & {
  readonly number: string;
  /** Null where it is one of several. */
  readonly uuid: string | null;
};

const isNew =
  (hits: readonly Hit[]) =>
  (number: string): boolean =>
    !hits.some((hit) => hit.number === number);

type Ask = (window: TimeSpan, toNumber: string | null, offset?: number) => Promise<MessageListAnswer>;

const searched = (result: Search['result']): Search => ({ result, named: [] });

const DECIDE = 'Decide with POST /broadcast/{id}/batches/{n}/resolve.';
const REASONS = {
  refused: 'It is unknown whether Plivo took this batch, and its message list cannot be read.',
  unclear: 'It is unknown whether Plivo took this batch, and its message list does not tell.',
} as const;

const logDataOf = ({ broadcastId, number }: UnsettledBatch) => ({ broadcastId, batch: number });

/** Only a number can be searched by: Plivo picks the number of a Powerpack, and lists no names. */
const originOf = ({ sender, powerpackUuid }: UnsettledBatch) => ({
  powerpackUuid,
  fromNumber: sender !== null && /^\+?\d{7,15}$/.test(sender) ? sender : null,
});

const isHidden = (message: ListedMessage): boolean => isMasked(message.toNumber);

const digitsOf = (number: string): string => number.replace(/\D/g, '');
