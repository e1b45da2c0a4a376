import type { Logger } from '../../config/logger';
import type { UnconfirmedPolicy } from '../../config/plivoConfig';
import {
  afterLook,
  isDecided,
  isMasked,
  judgeLook,
  judgeProbe,
  searchWindow,
  spread,
  type LookResult,
  type ProbeVerdict,
} from '../domain/reconciliation';
import type { ReconcileStore, TimeWindow, UnsettledBatch } from '../store/reconcileStore';
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
const MOST_PROBES = 6;
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
    logger.info('Asked Plivo for a batch whose answer was lost', { ...nameOf(batch), result, next });
    if (next === 'sent') await reconciling.prove(batch, named);
    if (next === 'not_sent') await sendAgain(batch);
    if (next === 'held') await hold(batch, REASONS[result === 'refused' ? 'refused' : 'unclear']);
  }

  async function sendAgain(batch: UnsettledBatch): Promise<void> {
    if (await reconciling.disprove(batch, { maxAttempts: config.maxAttempts })) deps.wakeDispatcher();
  }

  async function hold(batch: UnsettledBatch, reason: string): Promise<void> {
    const held = await reconciling.hold(batch, { code: 'held', status: null, reason: `${reason} ${DECIDE}` });
    if (held) logger.error('A batch is held: a person must decide whether it was sent', nameOf(batch));
  }

  async function searchFor(batch: UnsettledBatch, signal: AbortSignal): Promise<Search> {
    const window = searchWindow(batch.calledAt, config.timeoutMs);
    const find = (toNumber: string | null, offset = 0) =>
      list.find({ ...originOf(batch), ...window, toNumber, offset }, signal);
    const verdicts: ProbeVerdict[] = [];

    for (const number of spread(await reconciling.unknownRecipients(batch), MOST_PROBES)) {
      const listed = await find(number);
      if (listed.kind !== 'listed') return searched(listed.kind);
      if (listed.messages.some(isHidden)) return searched(await searchByUuid(batch, window, find));
      const others = await reconciling.othersOf(number, batch, window);
      const uuids = listed.messages.filter(isTo(number)).map((message) => message.messageUuid);
      const { verdict, uuid } = judgeProbe({ ...others, listed: uuids });
      if (verdict === 'found') return { result: 'found', named: uuid === null ? null : { number, uuid } };
      verdicts.push(verdict);
      if (isDecided(verdicts)) break;
    }
    const result = judgeLook(verdicts);
    if (result !== 'absent') return searched(result);

    // A list that hides numbers finds nobody by number: an empty answer is believed only if the list is open.
    const open = await find(null);
    if (open.kind !== 'listed') return searched(open.kind);
    return searched(open.messages.some(isHidden) ? await searchByUuid(batch, window, find) : 'absent');
  }

  /** With the numbers hidden, the uuids are left: one that no other batch accounts for is this batch's. */
  async function searchByUuid(
    batch: UnsettledBatch,
    window: TimeWindow,
    find: (toNumber: null, offset: number) => Promise<MessageListAnswer>,
  ): Promise<Search['result']> {
    if ((await reconciling.unnamedBatches(batch, window)) > 0) return 'unclear';
    for (let page = 0; page < MASKED_PAGES; page++) {
      const listed = await find(null, page * PAGE_SIZE);
      if (listed.kind !== 'listed') return listed.kind;
      const uuids = listed.messages.map((message) => message.messageUuid);
      const accounted = await reconciling.accountedAmong(uuids, window);
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

const searched = (result: Search['result']): Search => ({ result, named: null });

const DECIDE = 'Decide with POST /broadcast/{id}/batches/{n}/resolve.';
const REASONS = {
  refused: 'It is unknown whether Plivo took this batch, and its message list cannot be read.',
  unclear: 'It is unknown whether Plivo took this batch, and its message list does not tell.',
} as const;

const nameOf = ({ broadcastId, number }: UnsettledBatch) => ({ broadcastId, batch: number });

/** Only a number can be searched by: Plivo picks the number of a Powerpack, and lists no names. */
const originOf = ({ sender, powerpackUuid }: UnsettledBatch) => ({
  powerpackUuid,
  fromNumber: sender !== null && /^\+?\d{7,15}$/.test(sender) ? sender : null,
});

const isHidden = (message: ListedMessage): boolean => isMasked(message.toNumber);

const isTo =
  (number: string) =>
  (message: ListedMessage): boolean =>
    message.toNumber.replace(/\D/g, '') === number.replace(/\D/g, '');
