import type { NumberReading } from '../../../domain/numbers/phoneNumber';
import type { Logger } from '../../../../config/logger';
import type { InboundStore } from '../../../store/hearing/inboundStore';
import type { LostReply } from '../../../store/hearing/lostReplies';
import type { ListedMessage } from '../../plivo/plivoMessageList';
import { ANY_SENDER, PAGE_SIZE } from './inquiry';
import type { MessageList } from './messageList';

export type LostRepliesDeps = {
  readonly list: MessageList;
  readonly inbound: Pick<InboundStore, 'keepLost'>;
  readonly numbers: Pick<NumberReading, 'canonicalOf'>;
  readonly logger: Logger;
};

/**
 * Looks up who wrote to us in a time of which this store knows nothing, and holds them: Plivo's list has each text's sender and
 * time, not its words, and any of them may have been STOP. Whom it shows is on the opt-out list until a person has decided.
 *
 * @param span milliseconds since 1970, both ends included
 * @returns `refused` also where the list cannot tell what people wrote from what was sent
 */
export async function holdWhoWrote(
  { list, inbound, numbers, logger }: LostRepliesDeps,
  span: { readonly from: number; readonly to: number },
  signal: AbortSignal,
): Promise<'done' | 'busy' | 'refused'> {
  const lostReply = ({ messageUuid, fromNumber, toNumber, messageTime }: ListedMessage): LostReply => ({
    messageUuid,
    from: numbers.canonicalOf(fromNumber),
    to: toNumber,
    at: messageTime ?? span.to,
  });
  let held = 0;
  for (let offset = 0; ; offset += PAGE_SIZE) {
    const query = { ...ANY_SENDER, ...span, toNumber: null, direction: 'inbound', offset } as const;
    const listed = await list.find(query, signal);
    if (listed.kind !== 'listed') return listed.kind;
    // Filters that the other side does not know are ignored by it: it would show all that was ever sent, page by page.
    if (listed.messages.some(({ direction }) => direction !== 'inbound')) return 'refused';
    held += await inbound.keepLost(listed.messages.map(lostReply));
    if (listed.messages.length < PAGE_SIZE) break;
  }
  if (held > 0)
    logger.warn('People wrote while nothing here could hear them: they are held until somebody has decided', { held });
  return 'done';
}
