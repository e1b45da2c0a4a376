import {
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
import type { ListedMessage } from '../plivo/plivoMessageList';
import type { MessageList, MessageListAnswer } from './messageList';

export type BatchSearchDeps = {
  readonly reconciling: ReconcileStore;
  readonly list: MessageList;
  readonly config: { readonly timeoutMs: number };
};

/** What Plivo's message list shows of one batch. */
export type Search = {
  /** `busy`: no request is free at present, or Plivo asked to slow down; that says nothing about the batch. */
  readonly result: LookResult | 'busy';
  /** Whose messages were found. */
  readonly named: readonly Hit[];
};

export type Hit = ProofOfSending & {
  readonly number: string;
  /** Null where it is one of several. */
  readonly uuid: string | null;
};

const PROBES = 4;
const PAGE_SIZE = 20;
/** Pages that are read of a list that hides the numbers. */
const MASKED_PAGES = 5;

type Ask = (window: TimeSpan, toNumber: string | null, offset?: number) => Promise<MessageListAnswer>;

/**
 * Looks at what the list shows around the call, then asks for some of the batch's numbers, others at each look. A list
 * that hides numbers finds nobody by number, so absence is believed only where the list is seen to be open.
 */
export function createBatchSearch(
  deps: BatchSearchDeps,
): (batch: UnsettledBatch, signal: AbortSignal) => Promise<Search> {
  return async (batch, signal) => {
    const { whole, near } = searchWindows(batch.calledAt, deps.config.timeoutMs);
    const recipients = await deps.reconciling.unknownRecipients(batch);
    const ask: Ask = (window, toNumber, offset = 0) =>
      deps.list.find({ ...originOf(batch), ...window, toNumber, offset }, signal);

    const hits: Hit[] = [];
    for (const window of [near, whole]) {
      const page = await ask(window, null);
      if (page.kind !== 'listed') return searched(page.kind);
      if (page.messages.some(isHidden)) return searched(await searchByUuid(deps, batch, recipients.length, whole, ask));
      hits.push(...(await hitsAmong(deps, batch, recipients, page.messages)));
      if (isProof(hits, recipients.length)) return { result: 'found', named: hits };
      if (page.messages.length > 0) break;
      // Nothing at all was sent in hours.
      if (window === whole) return searched('absent');
    }
    return await probe(deps, batch, recipients, hits, (number) => ask(whole, number));
  };
}

async function probe(
  deps: BatchSearchDeps,
  batch: UnsettledBatch,
  recipients: readonly string[],
  hits: Hit[],
  ask: (number: string) => Promise<MessageListAnswer>,
): Promise<Search> {
  const verdicts: ProbeVerdict[] = [];
  for (const number of spread(recipients, PROBES, batch.looks).filter(isNew(hits))) {
    const page = await ask(number);
    if (page.kind !== 'listed') return searched(page.kind);
    const { verdict, hit } = await judge(deps, batch, number, page.messages);
    // Behind a full page there may be more.
    verdicts.push(verdict === 'absent' && page.messages.length >= PAGE_SIZE ? 'unclear' : verdict);
    if (hit !== null) hits.push(hit);
    if (isProof(hits, recipients.length)) return { result: 'found', named: hits };
  }
  return searched(hits.length > 0 ? 'unclear' : judgeLook(verdicts));
}

/** Messages of the page that can only be this batch's. */
async function hitsAmong(
  deps: BatchSearchDeps,
  batch: UnsettledBatch,
  recipients: readonly string[],
  messages: readonly ListedMessage[],
): Promise<Hit[]> {
  const listed = new Set(messages.map((message) => `+${digitsOf(message.toNumber)}`));
  const hits: Hit[] = [];
  for (const number of recipients.filter((each) => listed.has(each))) {
    const { hit } = await judge(deps, batch, number, messages);
    if (hit !== null) hits.push(hit);
    if (isProof(hits, recipients.length)) break;
  }
  return hits;
}

async function judge(
  { reconciling, config }: BatchSearchDeps,
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
  { reconciling }: BatchSearchDeps,
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

const isNew =
  (hits: readonly Hit[]) =>
  (number: string): boolean =>
    !hits.some((hit) => hit.number === number);

const searched = (result: Search['result']): Search => ({ result, named: [] });

/** Only a number can be searched by: Plivo picks the number of a Powerpack, and lists no names. */
const originOf = ({ sender, powerpackUuid }: UnsettledBatch) => ({
  powerpackUuid,
  fromNumber: sender !== null && /^\+?\d{7,15}$/.test(sender) ? sender : null,
});

const isHidden = (message: ListedMessage): boolean => isMasked(message.toNumber);

const digitsOf = (number: string): string => number.replace(/\D/g, '');
