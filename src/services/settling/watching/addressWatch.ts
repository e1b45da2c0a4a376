import type { Logger } from '../../../../config/logger';
import type { TimeSpan } from '../../../domain/outcome/reconciliation';
import type { EvidenceStore, KnownCall } from '../../../store/settling/evidenceStore';
import type { ListedMessage } from '../../plivo/plivoMessageList';

/** Looks at whatever comes of Plivo's message list, for who asked for it. */
export type AddressWatch = { look(messages: readonly ListedMessage[]): Promise<void> };

export type AddressWatchDeps = {
  readonly evidence: Pick<EvidenceStore, 'accountedAmong' | 'callsWithin'>;
  readonly logger: Pick<Logger, 'error'>;
  /** Told once of each address. */
  readonly onStranger: () => void;
};

/** Answers are read of calls within this time of a message. Where clocks differ by more, fewer are found to be ours. */
const CLOCKS_DIFFER_MS = 10 * 60_000;
/** Around a call whose messages are not all known, nobody can tell whose a message is. */
const NEAR_MS = 2 * 60_000;
/** For each of them the calls around it are read, of which there may be thousands. */
const MOST_AT_ONCE = 3;
/** Whoever has more of them is behind a network that tells nothing. */
const MOST_ADDRESSES = 1000;

type Asked = ListedMessage & { readonly requesterIp: string; readonly messageTime: number };

/**
 * Each record in Plivo's list says from which address the text was asked for (`requester_ip`,
 * docs.plivo.com/docs/messaging/api/message/the-message-object). One from which no text of ours came, and others did, is other
 * software that knows our credentials: our own somewhere else, or somebody who has them. An address is ours once a message
 * came from it that Plivo's answer to one of our calls named.
 */
export function createAddressWatch({ evidence, logger, onStranger }: AddressWatchDeps): AddressWatch {
  const [ours, strangers] = [new Set<string>(), new Set<string>()];
  const isOpen = ({ requesterIp }: Asked) => !ours.has(requesterIp) && !strangers.has(requesterIp);

  return {
    async look(messages) {
      if (ours.size + strangers.size > MOST_ADDRESSES) return;
      const open = messages.filter(isAsked).filter(isOpen);
      if (open.length === 0) return;
      const times = open.map(({ messageTime }) => messageTime);
      const window = around({ from: Math.min(...times), to: Math.max(...times) }, CLOCKS_DIFFER_MS);
      const uuids = open.map(({ messageUuid }) => messageUuid);
      const accounted = await evidence.accountedAmong(uuids, window);
      for (const { messageUuid, requesterIp } of open) if (accounted.has(messageUuid)) ours.add(requesterIp);
      // Before one of ours is known, everybody would be a stranger.
      if (ours.size === 0) return;
      for (const message of oneOfEach(open.filter(isOpen)).slice(0, MOST_AT_ONCE)) {
        const at = { from: message.messageTime, to: message.messageTime };
        if ((await evidence.callsWithin(around(at, NEAR_MS), null)).some(isUnclear)) continue;
        strangers.add(message.requesterIp);
        onStranger();
        logger.error('Texts of the account are asked for from an address that none of ours came from', {
          address: message.requesterIp,
          messageUuid: message.messageUuid,
          at: new Date(message.messageTime).toISOString(),
        });
      }
    },
  };
}

const isAsked = (message: ListedMessage): message is Asked =>
  message.requesterIp !== null && message.messageTime !== null && message.direction !== 'inbound';

const around = ({ from, to }: TimeSpan, by: number): TimeSpan => ({ from: from - by, to: to + by });

const oneOfEach = (messages: readonly Asked[]): Asked[] => [
  ...new Map(messages.map((message) => [message.requesterIp, message])).values(),
];

const isUnclear = ({ status, least, most }: KnownCall): boolean => status !== 'sent' || least !== most;
