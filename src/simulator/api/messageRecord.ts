import type { ReceivedText } from '../callbacks/handset';
import { sourceOf } from '../messages/message';
import type { Message } from '../messages/message';
import { priceOf } from '../messages/prices';
import type { SimulatorSettings } from '../behaviour/settings';
import { stripNumber } from '../formats/phoneDigits';
import { recordTime } from '../formats/plivoTime';

export type MessageRecord = Record<string, unknown>;

/** Whether a record hides part of the recipient's number: the send parameter log is false or content_only. */
function isMasked(message: Message, maskAll: boolean): boolean {
  const { log } = message.send;
  return maskAll || log === false || log === 'false' || log === 'content_only';
}

/** How a record shows the number. Plivo says "partly masked"; which part is not documented. */
export function shownNumber(message: Message, maskAll: boolean): string {
  return isMasked(message, maskAll) ? `${message.to.slice(0, -4)}XXXX` : message.to;
}

/** Who a record says that the message is from. */
export function shownSender({ send, to }: Message, { replacedSender }: SimulatorSettings): string {
  return replacedSender === null ? sourceOf(send, to) : stripNumber(replacedSender);
}

export function shownErrorCode(message: Message): string {
  return message.errorCode === 0 ? '000' : String(message.errorCode);
}

/** Fields of https://www.plivo.com/docs/messaging/api/message/the-message-object. Records never hold the text. */
export function messageRecord(
  message: Message,
  uuid: string,
  { authId, settings }: { authId: string; settings: SimulatorSettings },
): MessageRecord {
  const { send } = message;
  const { rate, amount } = priceOf(message, settings);
  return {
    message_uuid: uuid,
    from_number: shownSender(message, settings),
    to_number: shownNumber(message, settings.maskNumbers),
    message_direction: 'outbound',
    message_state: message.state,
    message_type: send.type,
    message_time: recordTime(send.acceptedAt),
    units: send.units,
    total_rate: rate,
    total_amount: amount,
    error_code: shownErrorCode(message),
    powerpack_id: send.powerpackUuid,
    destination_country_iso2: null,
    requester_ip: send.requesterIp,
    mcc: '310',
    mnc: '260',
    resource_uri: `/v1/Account/${authId}/Message/${uuid}/`,
  };
}

/** The same of a text that came in. */
export function receivedRecord({ uuid, from, to, units, at }: ReceivedText, authId: string): MessageRecord {
  return {
    message_uuid: uuid,
    from_number: from,
    to_number: to,
    message_direction: 'inbound',
    message_state: 'received',
    message_type: 'sms',
    message_time: recordTime(at),
    units,
    total_rate: '0.00000',
    total_amount: '0.00000',
    error_code: null,
    powerpack_id: null,
    requester_ip: null,
    resource_uri: `/v1/Account/${authId}/Message/${uuid}/`,
  };
}
