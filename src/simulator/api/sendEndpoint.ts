import { errorAnswer } from './answers';
import type { JsonAnswer } from './answers';
import type { Delivery } from '../messages/delivery';
import type { Fields } from '../formats/httpBody';
import type { MessageStore } from '../messages/messageStore';
import type { SeededRandom } from '../clockwork/seededRandom';
import { readSendRequest } from './sendRequest';
import type { SendLimits } from './sendRequest';
import type { StatusCallbacks } from '../callbacks/statusCallbacks';

export type SendDeps = {
  limits: () => SendLimits;
  random: SeededRandom;
  store: MessageStore;
  delivery: Delivery;
  statusCallbacks: StatusCallbacks;
  reportsQueued: () => boolean;
};

/** The messages' running numbers, for whoever wants their uuids later. */
export type SendOutcome = { answer: JsonAnswer; firstIndex: number; accepted: number };

/** `POST /v1/Account/{authId}/Message/`: takes the texts and answers 202, or refuses with 400. */
export function takeSend(
  { fields, requesterIp }: { fields: Fields; requesterIp: string },
  apiId: string,
  deps: SendDeps,
): SendOutcome {
  const request = readSendRequest(fields, deps.limits());
  if ('error' in request) return { answer: errorAnswer(apiId, 400, request.error), firstIndex: 0, accepted: 0 };

  const send = { ...request.send, requesterIp, acceptedAt: Date.now(), acceptedTick: performance.now() };
  // Plivo does not promise that message_uuid follows dst. Here it never does, so that nobody comes to rely on it.
  const messages = deps.store.accept(send, deps.random.displaced(request.recipients));
  if (deps.reportsQueued()) for (const message of messages) deps.statusCallbacks.report(message);
  deps.delivery.take(messages);

  const body: Record<string, unknown> = {
    api_id: apiId,
    message: 'message(s) queued',
    message_uuid: messages.map((message) => deps.store.uuidOf(message.index)),
  };
  if (request.invalidNumbers.length > 0) body['invalid_number'] = request.invalidNumbers;
  return { answer: { status: 202, body }, firstIndex: messages[0]?.index ?? 0, accepted: messages.length };
}
