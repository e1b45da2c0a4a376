import { signatureHeaders } from '../../src/simulator/formats/signatures';
import { ACCOUNT } from '../stage/account';
import { request, type Reply } from './request';

export type InboundText = { readonly messageUuid: string; readonly from: string; readonly text: string };

/** A text from somebody, as Plivo hands it on, signed as V3. */
export function postInbound(url: string, { messageUuid, from, text }: InboundText): Promise<Reply> {
  const fields = { MessageUUID: messageUuid, From: from, To: '14155550100', Text: text };
  const signed = { method: 'POST', url, fields, nonce: messageUuid, authToken: ACCOUNT.authToken } as const;
  return request({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...signatureHeaders(signed, 'v3') },
    body: Buffer.from(new URLSearchParams(fields).toString()),
  });
}
