import {
  callsBehind,
  isMasked,
  judgeListed,
  placeOf,
  searchWindows,
  type LookResult,
  type ProbeVerdict,
  type TimeSpan,
} from '../../../domain/outcome/reconciliation';
import type { EvidenceStore } from '../../../store/settling/evidenceStore';
import type { UnsettledBatch } from '../../../store/settling/reconcileStore';
import type { ListedMessage } from '../../plivo/plivoMessageList';
import { isClockSure, type Control } from './controlCall';
import type { MessageList, MessageListAnswer, MessageQuery } from './messageList';

export type InquiryDeps = { readonly evidence: EvidenceStore; readonly list: MessageList };

/** What was found of one person, or why nobody could be asked. */
export type Probed = { readonly verdict: LookResult; readonly uuid: string | null };

/** The same, of messages that are known. */
export type Judged = { readonly verdict: ProbeVerdict; readonly uuid: string | null };

/** All that questions about one batch have in common. */
export type Inquiry = {
  readonly batch: UnsettledBatch;
  readonly near: TimeSpan;
  readonly whole: TimeSpan;
  /** Where the list shows all that may be of the call. */
  readonly about: TimeSpan;
  ask(question: Partial<MessageQuery> & TimeSpan): Promise<MessageListAnswer>;
  /** Asks for one person; what `seen`, a page of the list, shows of them is enough where it finds one. */
  probe(number: string, seen?: readonly ListedMessage[]): Promise<Probed>;
  /** What these messages, all of one person's, say. */
  judge(number: string, messages: readonly ListedMessage[]): Promise<Judged>;
};

export const PAGE_SIZE = 20;
/** Every sender's messages: records may show another than we gave. */
export const ANY_SENDER = { fromNumber: null, powerpackUuid: null } as const;
/** Calls so close to a lost one that their messages show wherever its own would. */
const ABOUT_THEN_MS = 10 * 60_000;

export function createInquiry(
  { evidence, list }: InquiryDeps,
  batch: UnsettledBatch,
  control: Control,
  signal: AbortSignal,
): Inquiry {
  const clock = control.kind === 'shown' ? control.clock : null;
  const { near, whole } = searchWindows(batch.calledAt, batch.longestMs, clock ?? undefined);

  const ask: Inquiry['ask'] = (question) =>
    list.find({ ...ANY_SENDER, toNumber: null, offset: 0, ...question }, signal);

  async function judge(number: string, messages: readonly ListedMessage[]): Promise<Judged> {
    const { accounted, unnamedOthers, unnamedTakenAt } = await evidence.othersOf(number, batch, callsBehind(whole));
    const unaccounted = messages
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

  async function probe(number: string, seen: readonly ListedMessage[] = []): Promise<Probed> {
    const onPage = messagesTo(number, seen);
    const fromPage = onPage.length === 0 ? null : await judge(number, onPage);
    // A full page may hide a second message, so that nobody knows whose is whose.
    if (fromPage?.verdict === 'found') return seen.length < PAGE_SIZE ? fromPage : { ...fromPage, uuid: null };
    const page = await ask({ ...whole, toNumber: number });
    if (page.kind !== 'listed') return { verdict: page.kind, uuid: null };
    const judged = await judge(number, messagesTo(number, page.messages));
    // Behind a full page there may be more.
    const isCut = judged.verdict === 'absent' && page.messages.length >= PAGE_SIZE;
    return isCut ? { verdict: 'unclear', uuid: null } : judged;
  }

  return { batch, near, whole, about: isClockSure(control, batch) ? near : whole, ask, probe, judge };
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

export const isHidden = (message: ListedMessage): boolean => isMasked(message.toNumber);

export const messagesTo = (number: string, messages: readonly ListedMessage[]): ListedMessage[] =>
  messages.filter(({ toNumber }) => digitsOf(toNumber) === digitsOf(number));

export const digitsOf = (number: string): string => number.replace(/\D/g, '');
