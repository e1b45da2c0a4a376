import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { signatureHeaders } from '../../../src/simulator/formats/signatures';
import { get, numbers } from '../../support/client';
import { expectProblem } from '../../support/problem';
import { INBOUND_PATH, textFields } from '../../support/texts';
import { AUTH_TOKEN, startTestService, type TestService } from '../../support/testService';

const [first = '', second = ''] = numbers(2);

describe('a text that comes in', () => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService({ env: { PUBLIC_URL: 'https://SMS.Example.com:443' } });
  });
  afterAll(() => test.stop());

  it.each([
    ['as it was written', 'https://SMS.Example.com:443'],
    ['in its normal form', 'https://sms.example.com'],
    ['with the port alone', 'https://sms.example.com:443'],
  ])('is believed where Plivo knows the address %s', async (_how, base) => {
    const fields = textFields(first, 'Hello');
    const url = `${base}${INBOUND_PATH}`;
    const headers = signatureHeaders(
      { method: 'POST', url, fields, nonce: randomUUID(), authToken: AUTH_TOKEN },
      'both',
    );
    await request(test.url).post(INBOUND_PATH).type('form').set(headers).send(fields).expect(200);
  });

  it('is not believed where it was signed for another address', async () => {
    const fields = textFields(first, 'Hello');
    const url = `https://sms.example.org${INBOUND_PATH}`;
    const headers = signatureHeaders(
      { method: 'POST', url, fields, nonce: randomUUID(), authToken: AUTH_TOKEN },
      'both',
    );
    expectProblem(await request(test.url).post(INBOUND_PATH).type('form').set(headers).send(fields), 403);
  });

  it('opts out by GET too', async () => {
    const fields = textFields(second, 'STOP');
    const url = `https://sms.example.com${INBOUND_PATH}`;
    const headers = signatureHeaders({ method: 'GET', url, fields, nonce: randomUUID(), authToken: AUTH_TOKEN }, 'v3');
    const path = `${INBOUND_PATH}?${new URLSearchParams(fields).toString()}`;
    expectProblem(await request(test.url).get(path), 403);
    await request(test.url).get(path).set(headers).expect(200);
    await get(test, `/opt-outs/${second}`).expect(200);
  });
});
