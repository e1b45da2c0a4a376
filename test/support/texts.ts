import { randomBytes } from 'node:crypto';
import request from 'supertest';
import { signatureHeaders } from '../../src/simulator/formats/signatures';
import { OUR_NUMBER } from './compliance';
import { AUTH_TOKEN, INBOUND_TOKEN, type TestService } from './testService';

export const PLAIN_INBOUND_PATH = '/webhooks/plivo/inbound';
export const INBOUND_PATH = `${PLAIN_INBOUND_PATH}/${INBOUND_TOKEN}`;

/** What Plivo posts of a text from a person's phone, each time with a uuid of its own. */
export const textFields = (from: string, text: string, more: Record<string, string> = {}): Record<string, string> => ({
  From: from.slice(1),
  To: OUR_NUMBER.slice(1),
  MessageUUID: randomBytes(8).toString('hex'),
  Text: text,
  Type: 'sms',
  ...more,
});

/** One post, signed as Plivo does, whatever came of it. */
export function postText(test: TestService, fields: Record<string, string>, authToken = AUTH_TOKEN) {
  const nonce = randomBytes(8).toString('hex');
  const url = test.url + INBOUND_PATH;
  return request(test.url)
    .post(INBOUND_PATH)
    .type('form')
    .set(signatureHeaders({ method: 'POST', url, fields, nonce, authToken }, 'both'))
    .send(new URLSearchParams(fields).toString());
}
