import {
  callsBehind,
  isDecided,
  isMasked,
  isMixed,
  judgeCount,
  judgeListed,
  judgeSample,
  placeOf,
  searchWindows,
  spread,
  type LookResult,
  type ProbeVerdict,
  type TimeSpan,
} from '../../domain/outcome/reconciliation';
import type { EvidenceStore } from '../../store/settling/evidenceStore';
import type { NamedMessage, UnsettledBatch } from '../../store/settling/reconcileStore';
import type { ListedMessage } from '../plivo/plivoMessageList';
import { isClockSure, type Control } from './controlCall';
import type { MessageList, MessageListAnswer, MessageQuery } from './messageList';

export type BatchSearchDeps = { readonly evidence: EvidenceStore; readonly list: MessageList };

/** What Plivo's message list shows of one batch, and whose messages were found. */
export type Search = { readonly result: LookResult; readonly named: readonly NamedMessage[] };

export type BatchSearch = {
  /** Looks for some of the batch's people, others at each look. */
  search(batch: UnsettledBatch, control: Control, signal: AbortSignal): Promise<Search>;
  /** Whether the list shows nothing at all about then: that needs no answered call to tell of its clock and its numbers. */
  isEmpty(batch: UnsettledBatch, control: Control, signal: AbortSignal): Promise<boolean>;
  /** Asks for one of them. */
  probe(batch: UnsettledBatch, number: string, control: Control, signal: AbortSignal): Promise<Probed>;
};

/** What was found of one person, or why nobody could be asked. */
export type Probed = { readonly verdict: LookResult; readonly uuid: string | null };

/** People who are asked for, and how many where they contradict each other. */
const PROBES = 4;
const MOST_PROBES = 2 * PROBES;
/** More would say the same: other software may have texted several of them. */
const MOST_OF_PAGE = 2;
const PAGE_SIZE = 20;
/** Pages that are read of a list that hides the numbers. */
const MASKED_PAGES = 5;
/** Pages with every sender's messages about a call, read before a batch of so many people at most is believed absent. */
const CROSS_CHECK_PAGES = 3;
const CROSS_CHECKED_PEOPLE = 100;
/** Calls so close to a lost one that their messages show wherever its own would. */
const ABOUT_THEN_MS = 10 * 60_000;

export function createBatchSearch(deps: BatchSearchDeps): BatchSearch {
  return {
    search: (batch, control, signal) => search(deps, batch, control, signal),
    async isEmpty(batch, control, signal) {
      const inquiry = inquiryOf(deps, batch, control, signal);
      const page = await inquiry.ask(inquiry.whole);
      return page.kind === 'listed' && page.messages.length === 0;
    },
    probe: (batch, number, control, signal) => probe(deps, inquiryOf(deps, batch, control, signal), number),
  };
}

/** All that questions about one batch have in common. */
type Inquiry = {
  readonly batch: UnsettledBatch;
  readonly control: Control;
  readonly near: TimeSpan;
  readonly whole: TimeSpan;
  /** Where the list shows all that may be of the call. */
  readonly about: TimeSpan;
  ask(question: Partial<MessageQuery> & TimeSpan): Promise<MessageListAnswer>;
};

const ANY_SENDER = { fromNumber: null, powerpackUuid: null } as const;

function inquiryOf({ list }: BatchSearchDeps, batch: UnsettledBatch, control: Control, signal: AbortSignal): Inquiry {
  const clock = control.kind === 'shown' ? control.clock : null;
  const { near, whole } = searchWindows(batch.calledAt, batch.longestMs, clock ?? undefined);
  return {
    batch,
    control,
    near,
    whole,
    about: isClockSure(control, batch) ? near : whole,
    ask: (question) => list.find({ ...ANY_SENDER, toNumber: null, offset: 0, ...question }, signal),
  };
}

/**
 * A page around the call first: it shows whether the list hides the numbers, and some of those who are asked for next. One
 * person needs no page where a call is known to be listed by number; where none is, whatever the list shows tells that.
 */
async function search(
  deps: BatchSearchDeps,
  batch: UnsettledBatch,
  control: Control,
  signal: AbortSignal,
): Promise<Search> {
  const inquiry = inquiryOf(deps, batch, control, signal);
  const people = await deps.evidence.unknownRecipients(batch);
  let seen: readonly ListedMessage[] = [];
  const isKnown = control.kind === 'shown';
  const span = isKnown ? inquiry.near : inquiry.whole;
  // Of a small batch every sender's messages will be looked at anyway, before it is believed absent.
  const filter = isKnown && people.length > CROSS_CHECKED_PEOPLE ? filterOf(batch) : ANY_SENDER;
  if (people.length > 1 || !isKnown) {
    const page = await inquiry.ask({ ...span, ...filter });
    if (page.kind !== 'listed') return { result: page.kind, named: [] };
    if (page.messages.some(isHidden)) return await searchByUuid(deps, inquiry, people.length);
    seen = page.messages;
  }
  const asking: Asking = { asked: new Set(), named: [], sample: { found: 0, absent: 0, unclear: 0 } };
  const stopped = await askFor(deps, inquiry, await whomToAsk(deps, batch, people, seen), { seen, asking });
  if (stopped !== null) return { result: stopped, named: [] };
  const isWide = span === inquiry.about && filter.fromNumber === null && filter.powerpackUuid === null;
  const unshown = await crossCheck(deps, inquiry, people, { asking, firstPage: isWide ? seen : null });
  if (typeof unshown === 'string') return { result: unshown, named: [] };
  const result = judgeSample(asking.sample, { people: people.length, unshown });
  // The list is seen not to show everything: what it does not show may be there.
  if (result === 'absent' && control.kind === 'missing') return { result: 'unclear', named: [] };
  return { result, named: asking.named };
}

/** Who was asked for so far, and what came of it. */
type Asking = {
  readonly asked: Set<string>;
  readonly named: NamedMessage[];
  readonly sample: Record<ProbeVerdict, number>;
};
/** Why nobody can be asked at present. */
type Stopped = 'busy' | 'refused';

/** Asks for one after the other until more would not tell more. */
async function askFor(
  deps: BatchSearchDeps,
  inquiry: Inquiry,
  numbers: readonly string[],
  { seen, asking }: { readonly seen: readonly ListedMessage[]; readonly asking: Asking },
): Promise<Stopped | null> {
  const { sample, named, asked } = asking;
  for (const [index, number] of numbers.entries()) {
    // The first half decides, unless it contradicts itself.
    if (index >= PROBES && !isMixed(sample)) break;
    const probed = await probe(deps, inquiry, number, seen);
    if (probed.verdict === 'busy' || probed.verdict === 'refused') return probed.verdict;
    asked.add(number);
    sample[probed.verdict]++;
    if (probed.verdict === 'found') named.push({ number, uuid: probed.uuid });
    if (isDecided(sample)) break;
  }
  return null;
}

/**
 * Those who were asked for may all be numbers that Plivo refused, where it served but a few: before a small batch is
 * believed absent, others of it who have a message about then, from whatever sender, are asked for too. `firstPage`: of these, where it was read already. Returns of how many
 * no message shows; 0 where not all of the list was seen.
 */
async function crossCheck(
  deps: BatchSearchDeps,
  inquiry: Inquiry,
  people: readonly string[],
  { asking, firstPage }: { readonly asking: Asking; readonly firstPage: readonly ListedMessage[] | null },
): Promise<number | Stopped> {
  const { asked, sample } = asking;
  if (sample.absent === 0 || people.every((number) => asked.has(number))) return 0;
  if (people.length > CROSS_CHECKED_PEOPLE && !isMixed(sample)) return 0;
  const seen = [...(firstPage ?? [])];
  let isAll = firstPage !== null && firstPage.length < PAGE_SIZE;
  for (let page = firstPage === null ? 0 : 1; page < CROSS_CHECK_PAGES && !isAll; page++) {
    const listed = await inquiry.ask({ ...inquiry.about, offset: page * PAGE_SIZE });
    if (listed.kind !== 'listed') return listed.kind;
    seen.push(...listed.messages);
    isAll = listed.messages.length < PAGE_SIZE;
  }
  const shown: string[] = [];
  for (const number of people) {
    const own = messagesTo(number, seen);
    if (own.length > 0 && (await judge(deps, inquiry, number, own)).verdict !== 'absent') shown.push(number);
  }
  const unasked = shown.filter((number) => !asked.has(number)).slice(0, MOST_OF_PAGE);
  return (await askFor(deps, inquiry, unasked, { seen: [], asking })) ?? (isAll ? people.length - shown.length : 0);
}

/** Some of those who are seen on the page, for they may be all whom Plivo served; then some of the others. */
async function whomToAsk(
  deps: BatchSearchDeps,
  batch: UnsettledBatch,
  people: readonly string[],
  seen: readonly ListedMessage[],
): Promise<readonly string[]> {
  const isListed = new Set(seen.map(({ toNumber }) => digitsOf(toNumber)));
  const onPage = people.filter((number) => isListed.has(digitsOf(number))).slice(0, MOST_OF_PAGE);
  const others = people.filter((number) => !onPage.includes(number));
  const candidates = await withoutRefused(deps, spread(others, 2 * MOST_PROBES, batch.looks));
  return [...onPage, ...halfFirst(spread(candidates, MOST_PROBES, 0))];
}

/** Every other one first, so that the first half is spread over the batch as well. */
const halfFirst = <T>(items: readonly T[]): T[] => [0, 1].flatMap((rest) => items.filter((_, at) => at % 2 === rest));

/** Plivo lists nobody whose number it refused; where all are so, they are asked for all the same. */
async function withoutRefused({ evidence }: BatchSearchDeps, numbers: readonly string[]): Promise<readonly string[]> {
  const refused = await evidence.refusedAmong(numbers);
  const left = numbers.filter((number) => !refused.has(number));
  return left.length === 0 ? numbers : left;
}

/**
 * Whoever the messages come from: records may show another sender than we gave. What a page shows of the person is enough
 * where it finds one; but a full page may hide a second one, so that nobody knows whose is whose.
 */
async function probe(
  deps: BatchSearchDeps,
  inquiry: Inquiry,
  number: string,
  seen: readonly ListedMessage[] = [],
): Promise<Probed> {
  const onPage = messagesTo(number, seen);
  const fromPage = onPage.length === 0 ? null : await judge(deps, inquiry, number, onPage);
  if (fromPage?.verdict === 'found') return seen.length < PAGE_SIZE ? fromPage : { ...fromPage, uuid: null };
  const page = await inquiry.ask({ ...inquiry.whole, toNumber: number });
  if (page.kind !== 'listed') return { verdict: page.kind, uuid: null };
  const judged = await judge(deps, inquiry, number, messagesTo(number, page.messages));
  // Behind a full page there may be more.
  const isCut = judged.verdict === 'absent' && page.messages.length >= PAGE_SIZE;
  return isCut ? { verdict: 'unclear', uuid: null } : judged;
}

async function judge(
  { evidence }: BatchSearchDeps,
  { batch, control, near, whole }: Inquiry,
  number: string,
  own: readonly ListedMessage[],
): Promise<Probed> {
  const { accounted, unnamedOthers, unnamedTakenAt } = await evidence.othersOf(number, batch, callsBehind(whole));
  const unaccounted = own
    .filter(({ messageUuid }) => !accounted.has(messageUuid))
    .map((message) => ({
      uuid: message.messageUuid,
      place: placeOf(message.messageTime, near),
      isOurs: isFrom(batch, message),
    }));
  return judgeListed(unaccounted, {
    unnamedOthers,
    unnamedTaken: unnamedTakenAt.filter((at) => Math.abs(at - batch.calledAt) <= ABOUT_THEN_MS).length,
    isAlone: batch.people === 1,
    isClockKnown: control.kind === 'shown' && control.clock !== null,
    isClockSure: isClockSure(control, batch),
    isSenderReplaced: control.kind === 'shown' && control.isSenderReplaced,
  });
}

/** With the numbers hidden, the uuids are left: how many of them does no other batch account for? */
async function searchByUuid({ evidence }: BatchSearchDeps, inquiry: Inquiry, people: number): Promise<Search> {
  const { batch, whole } = inquiry;
  const named: NamedMessage[] = [];
  if ((await evidence.unnamedBatches(batch, callsBehind(whole))) > 0) return { result: 'unclear', named };
  let unaccounted = 0;
  for (let page = 0; page < MASKED_PAGES; page++) {
    const listed = await inquiry.ask({ ...whole, offset: page * PAGE_SIZE });
    if (listed.kind !== 'listed') return { result: listed.kind, named };
    const uuids = listed.messages.map((message) => message.messageUuid);
    unaccounted += uuids.length - (await evidence.accountedAmong(uuids, callsBehind(whole))).size;
    const isLast = uuids.length < PAGE_SIZE;
    const result = judgeCount({ unaccounted, recipients: people, isLast });
    if (result !== 'unclear' || isLast) return { result, named };
  }
  return { result: 'unclear', named };
}

/** A name, or a Powerpack's number, cannot be told from another's. */
const isFrom = ({ sender }: UnsettledBatch, { fromNumber }: ListedMessage): boolean =>
  filterOf({ sender, powerpackUuid: null }).fromNumber === null || digitsOf(sender ?? '') === digitsOf(fromNumber);

/** Only a number can be searched by: Plivo picks the number of a Powerpack, and lists no names. */
export const filterOf = ({
  sender,
  powerpackUuid,
}: Pick<UnsettledBatch, 'sender' | 'powerpackUuid'>): Pick<MessageQuery, 'fromNumber' | 'powerpackUuid'> => ({
  powerpackUuid,
  fromNumber: sender !== null && /^\+?\d{7,15}$/.test(sender) ? sender : null,
});

const isHidden = (message: ListedMessage): boolean => isMasked(message.toNumber);

const messagesTo = (number: string, messages: readonly ListedMessage[]): ListedMessage[] =>
  messages.filter(({ toNumber }) => digitsOf(toNumber) === digitsOf(number));

const digitsOf = (number: string): string => number.replace(/\D/g, '');
