import type { Timers } from '../../domain/time/timers';
import type { PacingStore } from '../../store/sending/pacingStore';
import type { ListedMessage } from '../plivo/plivoMessageList';
import type { PlivoService } from '../plivo/plivoService';

export type MessageQuery = {
  readonly fromNumber: string | null;
  readonly powerpackUuid: string | null;
  readonly toNumber: string | null;
  /** Milliseconds since 1970, both ends included. */
  readonly from: number;
  readonly to: number;
  readonly offset: number;
};

export type MessageListAnswer =
  | { readonly kind: 'listed'; readonly messages: readonly ListedMessage[] }
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

const BUSY_CODES = new Set(['rate_limited', 'unavailable', 'connection_refused', 'dns', 'closed', 'connection_failed']);

/** Plivo's message list behind a budget that all instances share. */
export function createMessageList(deps: {
  plivo: Pick<PlivoService, 'listMessages'>;
  pacing: PacingStore;
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

  return {
    async find(query, signal, share) {
      const max = share === 'spare' ? Math.ceil(deps.requestsPerMinute / 2) : deps.requestsPerMinute;
      if (!(await takeTurn(max, signal))) return { kind: 'busy' };
      const answer = await deps.plivo.listMessages({
        fromNumber: query.fromNumber,
        powerpackUuid: query.powerpackUuid,
        toNumber: query.toNumber,
        after: new Date(query.from),
        before: new Date(query.to),
        offset: query.offset,
      });
      if (answer.kind === 'refused') return { kind: BUSY_CODES.has(answer.code) ? 'busy' : 'refused' };
      // Filters that the other side does not know are ignored by it: what lies outside is dropped here again.
      const inWindow = ({ messageTime }: ListedMessage) =>
        messageTime === null || (messageTime >= query.from - 1000 && messageTime <= query.to + 1000);
      return { kind: 'listed', messages: answer.messages.filter(inWindow) };
    },
  };
}
