import { signatureHeaders } from '../../src/simulator/formats/signatures';

/** A send call that Plivo took: where it is to report to, whom it texts, and as what. */
export type TakenCall = {
  readonly callbackUrl: string;
  /** In E.164 form without `+`, as Plivo writes numbers. */
  readonly recipients: readonly string[];
  readonly messageUuids: readonly string[];
};

const NONCE_START = 10_000_000_000_000;

/** Plivo's report of a delivery for everybody in the calls, each a whole HTTP request, signed as V3. */
export function signedReports(calls: readonly TakenCall[], authToken: string): Buffer[] {
  let nonce = NONCE_START;
  return calls.flatMap(({ callbackUrl, recipients, messageUuids }) =>
    recipients.map((to, index) => {
      const fields = reportFields(to, messageUuids[index] ?? '');
      const signed = { method: 'POST' as const, url: callbackUrl, fields, nonce: String(nonce++), authToken };
      return wholeRequest(callbackUrl, new URLSearchParams(fields).toString(), signatureHeaders(signed, 'v3'));
    }),
  );
}

/** As documented: https://www.plivo.com/docs/messaging/api/message/message-status-callbacks. */
const reportFields = (to: string, uuid: string): Record<string, string> => ({
  MessageUUID: uuid,
  To: to,
  From: '14155550100',
  Type: 'sms',
  Status: 'delivered',
  Units: '1',
  TotalRate: '0.00770',
  TotalAmount: '0.00770',
  MCC: '310',
  MNC: '260',
  ParentMessageUUID: uuid,
  PartInfo: '1 of 1',
  Sequence: '1',
  MessageTime: '2030-01-31 09:00:00 +0000 UTC',
  QueuedTime: '2030-01-31 09:00:00 +0000 UTC',
  SentTime: '2030-01-31 09:00:01 +0000 UTC',
  DeliveryReportTime: '2030-01-31 09:00:02 +0000 UTC',
  requester_ip: '127.0.0.1',
});

function wholeRequest(url: string, body: string, headers: Readonly<Record<string, string>>): Buffer {
  const { host, pathname } = new URL(url);
  const head = [
    `POST ${pathname} HTTP/1.1`,
    `Host: ${host}`,
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}
