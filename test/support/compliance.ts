import request from 'supertest';
import { API_KEY, INBOUND_TOKEN, type TestService } from './testService';

/** Any request that changes something, with the key, and a JSON body where one is given. */
export function send(test: TestService, method: 'post' | 'put' | 'delete', path: string, body?: object) {
  const sent = request(test.url)[method](path).set('x-api-key', API_KEY);
  return body === undefined ? sent : sent.send(body);
}

export const optOut = (test: TestService, number: string, body?: object) =>
  send(test, 'put', `/opt-outs/${number}`, body);

export function importOptOuts(test: TestService, csv: string, query = '') {
  return request(test.url).post(`/opt-outs/import${query}`).set('x-api-key', API_KEY).type('text/csv').send(csv);
}

/** One of our numbers: what people answer to. */
export const OUR_NUMBER = '+14155550100';

/** A text from a person's phone, posted and signed by the simulated Plivo; resolves with the service's first answer. */
export function write(
  test: TestService,
  from: string,
  text: string,
  more: { intent?: 'optout' | 'optin' | 'help' | '' } = {},
) {
  const url = `${test.url}/webhooks/plivo/inbound/${INBOUND_TOKEN}`;
  return test.simulator.receiveText({ from, to: OUR_NUMBER, text, url, ...more });
}
