import type { Logger } from '../../config/logger';
import type { UnconfirmedPolicy } from '../../config/plivoConfig';
import {
  afterLook,
  callsBehind,
  isMasked,
  judgeLook,
  judgeProbe,
  searchWindows,
  spread,
  type LookResult,
  type ProbeVerdict,
  type TimeSpan,
} from '../domain/reconciliation';
import type { ReconcileStore, UnsettledBatch } from '../store/reconcileStore';
import type { BroadcastChanges } from './broadcastChanges';
import { createLoop, type Loop } from './loop';
import type { ListedMessage } from './plivoMessageList';
import type { MessageList, MessageListAnswer } from './messageList';

export type ReconcilerDeps = {
  readonly reconciling: ReconcileStore;
  readonly list: MessageList;
  readonly changes: BroadcastChanges;
  readonly wakeDispatcher: () => void;
  readonly logger: Logger;
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
 * none came, at most 18 requests a minute for all instances together, and leaves to a person what cannot be found out.
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

    for (const window of [near, whole]) {
      const page = await ask(window, null);
      if (page.kind !== 'listed') return searched(page.kind);
      if (page.messages.some(isHidden)) return searched(await searchByUuid(batch, whole, ask));
      const found = await findAmong(batch, recipients, page.messages, whole);
      if (found !== null) return found;
      if (page.messages.length > 0) return await probe(batch, recipients, whole, ask);
    }
    // Nothing at all was sent in hours.
    return searched('absent');
  }

  /** Whether one of the listed messages can only be this batch's. */
  async function findAmong(
    batch: UnsettledBatch,
    recipients: readonly string[],
    messages: readonly ListedMessage[],
    window: TimeSpan,
  ): Promise<Search | null> {
    const listed = new Set(messages.map((message) => `+${digitsOf(message.toNumber)}`));
    for (const number of recipients.filter((each) => listed.has(each))) {
      const judged = await judge(batch, number, messages, window);
      if (judged.verdict === 'found') return { result: 'found', named: nameOf(number, judged.uuid) };
    }
    return null;
  }

  async function judge(batch: UnsettledBatch, number: string, messages: readonly ListedMessage[], window: TimeSpan) {
    const others = await reconciling.othersOf(number, batch, callsBehind(window));
    const own = messages.filter((message) => digitsOf(message.toNumber) === digitsOf(number));
    return judgeProbe({ ...others, listed: own.map((message) => message.messageUuid) });
  }

  async function probe(
    batch: UnsettledBatch,
    recipients: readonly string[],
    window: TimeSpan,
    ask: Ask,
  ): Promise<Search> {
    const verdicts: ProbeVerdict[] = [];
    for (const number of spread(recipients, PROBES, batch.looks)) {
      const page = await ask(window, number);
      if (page.kind !== 'listed') return searched(page.kind);
      const { verdict, uuid } = await judge(batch, number, page.messages, window);
      if (verdict === 'found') return { result: 'found', named: nameOf(number, uuid) };
      verdicts.push(verdict);
    }
    return searched(judgeLook(verdicts));
  }

  /** With the numbers hidden, the uuids are left: one that no other batch accounts for is this batch's. */
  async function searchByUuid(batch: UnsettledBatch, window: TimeSpan, ask: Ask): Promise<Search['result']> {
    if ((await reconciling.unnamedBatches(batch, callsBehind(window))) > 0) return 'unclear';
    for (let page = 0; page < MASKED_PAGES; page++) {
      const listed = await ask(window, null, page * PAGE_SIZE);
      if (listed.kind !== 'listed') return listed.kind;
      const uuids = listed.messages.map((message) => message.messageUuid);
      const accounted = await reconciling.accountedAmong(uuids, callsBehind(window));
      if (uuids.some((uuid) => !accounted.has(uuid))) return 'found';
      if (uuids.length < PAGE_SIZE) return 'absent';
    }
    return 'unclear';
  }

  return createLoop({
    name: 'reconciler',
    logger,
    step: async (signal) => ((await settleNext(signal)) ? 0 : lookEveryMs),
  });
}

type Search = {
  /** `busy`: no request is free at present, or Plivo asked to slow down; that says nothing about the batch. */
  readonly result: LookResult | 'busy';
  /** Whose message was found, where that is sure. */
  readonly named: { readonly number: string; readonly uuid: string } | null;
};

type Ask = (window: TimeSpan, toNumber: string | null, offset?: number) => Promise<MessageListAnswer>;

const nameOf = (number: string, uuid: string | null): Search['named'] => (uuid === null ? null : { number, uuid });

const searched = (result: Search['result']): Search => ({ result, named: null });

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
