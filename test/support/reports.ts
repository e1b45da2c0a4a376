import { randomBytes } from 'node:crypto';
import request from 'supertest';
import { signatureHeaders } from '../../src/simulator/formats/signatures';
import { AUTH_TOKEN, type TestService } from './testService';

export type ReportFields = Readonly<Record<string, string>>;

/** Where Plivo was told to report on its call with this index, from 0. */
export function callbackUrlOf(test: TestService, call = 0): string {
  return String(test.simulator.calls()[call]?.body['url']);
}

/** A report as Plivo posts it; fields that are given replace the usual ones. */
export const reportOf = (to: string, uuid: string, fields: ReportFields = {}): ReportFields => ({
  To: to.slice(1),
  From: '14155550100',
  MessageUUID: uuid,
  Status: 'delivered',
  Sequence: '2',
  Units: '1',
  TotalAmount: '0.0055',
  ...fields,
});

/** Posts a report, signed with the account's token unless another is given. */
export function postReport(test: TestService, url: string, fields: ReportFields, authToken = AUTH_TOKEN) {
  const nonce = randomBytes(8).toString('hex');
  return request(test.url)
    .post(url.slice(test.url.length))
    .type('form')
    .set(signatureHeaders({ method: 'POST', url, fields, nonce, authToken }, 'both'))
    .send(new URLSearchParams(fields).toString());
}
