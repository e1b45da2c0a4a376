import type { KeptMessage } from '../../store/hearing/inboundReview';
import type { OptOut, OptOutChange } from '../../store/optOuts/optOutStore';
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
  reviewed: message.reviewed === null ? null : { as: message.reviewed.as, at: iso(message.reviewed.at) },
  receivedAt: iso(message.receivedAt),
});
