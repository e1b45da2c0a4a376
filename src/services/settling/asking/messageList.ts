import type { Logger } from '../../../../config/logger';
import type { Timers } from '../../../domain/time/timers';
import type { ListFaultStore } from '../../../store/settling/listFaultStore';
import type { PacingStore } from '../../../store/sending/pacingStore';
import type { Direction, ListedMessage } from '../../plivo/plivoMessageList';
import type { ListOutcome, PlivoService } from '../../plivo/plivoService';

export type MessageQuery = {
  readonly fromNumber: string | null;
  readonly powerpackUuid: string | null;
  readonly toNumber: string | null;
  readonly direction?: Direction;
  /** Milliseconds since 1970, both ends included. */
  readonly from: number;
  readonly to: number;
  readonly offset: number;
};

export type MessageListAnswer =
  | {
      readonly kind: 'listed';
      readonly messages: readonly ListedMessage[];
      /** How many there are on all pages; null where Plivo does not say, or cannot be believed. */
      readonly total: number | null;
    }
  /** Plivo does not show the list, or not readably. */
  | { readonly kind: 'refused' }
  /** Not now: Plivo asks to slow down or is away. */
  | { readonly kind: 'busy' };

export type MessageList = {
  /**
   * Waits for one of the account's requests to be free, at most until `signal` aborts, and asks. `spare` leaves half of
   * them to others.
   */
  find(query: MessageQuery, signal: AbortSignal, share?: 'spare'): Promise<MessageListAnswer>;
};

const WINDOW_MS = 60_000;

/** Answers that ask to try again, whatever else is wrong: the list is away as long as these come. */
const LATER = new Set([408, 425, 429]);

/** What came without a readable answer of Plivo's says nothing of whether the list may be read. */
const isBusy = ({ status, code }: { status: number | null; code: string }): boolean =>
  status === null ? code !== 'unreadable_answer' : status >= 500 || LATER.has(status);

/** Plivo's message list behind a budget that all instances share. */
export function createMessageList(deps: {
  plivo: Pick<PlivoService, 'listMessages'>;
  pacing: PacingStore;
  listFaults: Pick<ListFaultStore, 'note'>;
  logger: Logger;
  timers: Pick<Timers, 'sleep'>;
  /** Of all instances together. */
  requestsPerMinute: number;
}): MessageList {
  async function takeTurn(max: number, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      const waitMs = await deps.pacing.takeListRequest(max, WINDOW_MS);
      if (waitMs === 0) return true;
      await deps.timers.sleep(waitMs, signal);
    }
    return false;
  }

  /** Batches may wait for days where nobody is told that their outcome cannot be looked up. */
  async function noteFault(answer: ListOutcome): Promise<void> {
    const code = answer.kind === 'refused' ? answer.code : null;
    // The service is closing: that says nothing of the list.
    if (code === 'closed') return;
    if (!(await deps.listFaults.note(code))) return;
    if (code === null) deps.logger.info("Plivo's message list can be asked again");
    else deps.logger.error("Plivo's message list cannot be asked: unknown outcomes wait", { code });
  }

  return {
    async find(query, signal, share) {
      const max = share === 'spare' ? Math.ceil(deps.requestsPerMinute / 2) : deps.requestsPerMinute;
      if (!(await takeTurn(max, signal))) return { kind: 'busy' };
      const answer = await deps.plivo.listMessages({
        fromNumber: query.fromNumber,
        powerpackUuid: query.powerpackUuid,
        toNumber: query.toNumber,
        ...(query.direction === undefined ? {} : { direction: query.direction }),
        after: new Date(query.from),
        before: new Date(query.to),
        offset: query.offset,
      });
      await noteFault(answer);
      if (answer.kind === 'refused') return { kind: isBusy(answer) ? 'busy' : 'refused' };
      // Filters that the other side does not know are ignored by it: what lies outside is dropped here again.
      const inWindow = ({ messageTime }: ListedMessage) =>
        messageTime === null || (messageTime >= query.from - 1000 && messageTime <= query.to + 1000);
      const messages = answer.messages.filter(inWindow);
      return { kind: 'listed', messages, total: messages.length < answer.messages.length ? null : answer.total };
    },
  };
}
