import {
  callsBehind,
  isDecided,
  isMixed,
  isMostlyShown,
  judgeCount,
  judgeSample,
  spread,
  type LookResult,
} from '../../domain/outcome/reconciliation';
import type { NamedMessage, UnsettledBatch } from '../../store/settling/reconcileStore';
import type { Control } from './asking/controlCall';
import {
  ANY_SENDER,
  createInquiry,
  digitsOf,
  filterOf,
  isHidden,
  PAGE_SIZE,
  type Inquiry,
  type InquiryDeps,
  type Probed,
} from './asking/inquiry';
import { createKnowledge, type Knowledge } from './asking/knowledge';
import { MOST_PAGES, openPages, readPage, type Pages, type Stopped } from './asking/pages';

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

/** People who are asked for, and how many where they contradict each other. */
const PROBES = 4;
const MOST_PROBES = 2 * PROBES;
/** More would say the same: other software may have texted several of them. */
const MOST_OF_PAGE = 2;
/** Pages that are read of a list that hides the numbers. */
const MASKED_PAGES = 5;
/** Of a batch of so many people at most it is counted whom pages with every sender's messages show. */
const COUNTED_PEOPLE = 100;

export function createBatchSearch(deps: InquiryDeps): BatchSearch {
  return {
    search: (batch, control, signal) => search(deps, batch, control, signal),
    async isEmpty(batch, control, signal) {
      const inquiry = createInquiry(deps, batch, control, signal);
      const page = await inquiry.ask(inquiry.whole);
      return page.kind === 'listed' && page.messages.length === 0;
    },
    probe: (batch, number, control, signal) => createInquiry(deps, batch, control, signal).probe(number),
  };
}

/**
 * A page around the call first: it shows whether the list hides the numbers, and some of those who are asked for next. One
 * person needs no page where a call is known to be listed by number; where none is, whatever the list shows tells that.
 */
async function search(
  deps: InquiryDeps,
  batch: UnsettledBatch,
  control: Control,
  signal: AbortSignal,
): Promise<Search> {
  const inquiry = createInquiry(deps, batch, control, signal);
  const known = createKnowledge(await deps.evidence.unknownRecipients(batch));
  const isListKnown = control.kind === 'shown';
  const isCounted = known.people.length <= COUNTED_PEOPLE;
  const filter = isListKnown && !isCounted ? filterOf(batch) : ANY_SENDER;
  const pages = openPages(isListKnown ? inquiry.near : inquiry.whole, filter);
  let stopped: Stopped | null = null;
  if (known.people.length > 1 || !isListKnown) {
    stopped = await readPage(inquiry, pages);
    if (pages.messages.some(isHidden)) return await searchByUuid(deps, inquiry, known.people.length);
  }
  if (isCounted) stopped ??= await readOn(inquiry, pages, known);
  if (!isMostlyShown(known.state())) {
    stopped ??= await askSome(deps, inquiry, pages, known);
    stopped ??= await countShown(inquiry, pages, known);
  }
  if (stopped !== null) return { result: stopped, named: [] };
  const result = judgeSample(known.sample, known.state());
  // The list is seen not to show everything: what it does not show may be there.
  if (result === 'absent' && control.kind === 'missing') return { result: 'unclear', named: [] };
  return { result, named: known.named() };
}

/** Of a batch that was taken the first pages are full: they tell more of its people than asking for each. */
async function readOn(inquiry: Inquiry, pages: Pages, known: Knowledge): Promise<Stopped | null> {
  for (;;) {
    await known.note(inquiry, pages);
    const isFullOfBatch = known.state().shown >= pages.messages.length / 2;
    if (pages.isAll || pages.read >= MOST_PAGES || isMostlyShown(known.state()) || !isFullOfBatch) return null;
    const stopped = await readPage(inquiry, pages);
    if (stopped !== null) return stopped;
  }
}

/** Asks for one after the other until more would not tell more. */
async function askSome(
  deps: InquiryDeps,
  inquiry: Inquiry,
  { messages }: Pages,
  known: Knowledge,
): Promise<Stopped | null> {
  const { onPage, drawn } = await whomToAsk(deps, inquiry.batch, known.people, messages);
  for (const [index, number] of [...onPage, ...drawn].entries()) {
    // The first half decides, unless it contradicts itself.
    if (index >= onPage.length + PROBES && !isMixed(known.sample)) break;
    const { verdict, uuid } = await inquiry.probe(number, messages);
    if (verdict === 'busy' || verdict === 'refused') return verdict;
    known.add(number, { verdict, uuid }, index >= onPage.length);
    if (isDecided(known.sample, known.state().drawn) || isMostlyShown(known.state())) break;
  }
  return null;
}

/**
 * Those who were asked for may all be numbers that Plivo refused, where it served but a few, or all have texts of other
 * software: of a small batch it is counted who has a message about then, from whatever sender, as far as a few pages show.
 */
async function countShown(inquiry: Inquiry, first: Pages, known: Knowledge): Promise<Stopped | null> {
  const { sample, people } = known;
  if (known.isEverybodyAsked() || (sample.absent === 0 && sample.found === 0)) return null;
  if (people.length > COUNTED_PEOPLE && !isMixed(sample)) return null;
  const isSame = first.span === inquiry.about && first.filter === ANY_SENDER;
  const pages = isSame ? first : openPages(inquiry.about, ANY_SENDER);
  while (!pages.isAll && pages.read < MOST_PAGES && !isMostlyShown(known.state())) {
    const stopped = await readPage(inquiry, pages);
    if (stopped !== null) return stopped;
    await known.note(inquiry, pages);
  }
  if (pages.isAll) known.noteAll();
  return null;
}

/** Some of those who are seen on the page, for they may be all whom Plivo served; then some of the others. */
async function whomToAsk(
  deps: InquiryDeps,
  batch: UnsettledBatch,
  people: readonly string[],
  seen: Pages['messages'],
): Promise<{ readonly onPage: readonly string[]; readonly drawn: readonly string[] }> {
  const isListed = new Set(seen.map(({ toNumber }) => digitsOf(toNumber)));
  const onPage = people.filter((number) => isListed.has(digitsOf(number))).slice(0, MOST_OF_PAGE);
  const others = people.filter((number) => !onPage.includes(number));
  const candidates = await withoutRefused(deps, spread(others, 2 * MOST_PROBES, batch.looks));
  return { onPage, drawn: halfFirst(spread(candidates, MOST_PROBES, 0)) };
}

/** Every other one first, so that the first half is spread over the batch as well. */
const halfFirst = <T>(items: readonly T[]): T[] => [0, 1].flatMap((rest) => items.filter((_, at) => at % 2 === rest));

/** Plivo lists nobody whose number it refused; where all are so, they are asked for all the same. */
async function withoutRefused({ evidence }: InquiryDeps, numbers: readonly string[]): Promise<readonly string[]> {
  const refused = await evidence.refusedAmong(numbers);
  const left = numbers.filter((number) => !refused.has(number));
  return left.length === 0 ? numbers : left;
}

/** With the numbers hidden, the uuids are left: how many of them does no other batch account for? */
async function searchByUuid({ evidence }: InquiryDeps, inquiry: Inquiry, people: number): Promise<Search> {
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
