import type { KeptMessage } from '../../store/hearing/inboundStore';
import type { OptOut, OptOutChange } from '../../store/hearing/optOutStore';
import { iso } from './time';

export const changeView = ({ event, source, note, importId, at }: OptOutChange) => ({
  event,
  source,
  note,
  importId,
  at: iso(at),
});

export const optOutView = ({ number, source, optedOutAt, history }: OptOut) => ({
  number,
  source,
  optedOutAt: iso(optedOutAt),
  history: history.map(changeView),
});

export const inboundView = (message: KeptMessage) => ({
  messageUuid: message.messageUuid,
  from: message.from,
  to: message.to,
  text: message.text,
  keyword: message.keyword,
  intent: message.intent,
  needsReview: message.needsReview,
  receivedAt: iso(message.receivedAt),
});
