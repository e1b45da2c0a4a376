import { Client } from 'plivo';

export type SendBatch = (message: string, recipients: readonly string[]) => Promise<unknown>;

const BATCH = 1000;

/** One batch after another, as tutorials do it; the delay between them, which they set for Plivo's sake, is left out. */
export async function sendToAll(send: SendBatch, message: string, recipients: readonly string[]): Promise<void> {
  for (let from = 0; from < recipients.length; from += BATCH) await send(message, recipients.slice(from, from + BATCH));
}

export type TutorialAccount = { readonly authId: string; readonly authToken: string; readonly apiUrl: string };

/** Plivo's SDK as its manual shows it. */
export function plivoSender({ authId, authToken, apiUrl }: TutorialAccount): SendBatch {
  const client = new Client(authId, authToken, { url: `${apiUrl}/v1/Account/${authId}` });
  return (message, recipients) => client.messages.create('+14155550100', recipients.join('<'), message);
}
