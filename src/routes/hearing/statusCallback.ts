import type { DeliveryReport } from '../../domain/outcome/deliveryReport';
import type { ReportedStatus } from '../../domain/states/recipientState';

/** Plivo's words for a message's state. `rejected` stood in older pages, `read` is known of WhatsApp only. */
const STATUS_BY_WORD: Readonly<Record<string, ReportedStatus>> = {
  queued: 'queued',
  sent: 'sent',
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'undelivered',
  failed: 'failed',
  rejected: 'failed',
};

/** Where a callback says when what it tells of happened. */
const TIME_FIELDS: Readonly<Record<ReportedStatus, string>> = {
  queued: 'QueuedTime',
  sent: 'SentTime',
  delivered: 'DeliveryReportTime',
  undelivered: 'DeliveryReportTime',
  failed: 'DeliveryReportTime',
};

export type ParsedReport =
  | { readonly kind: 'report'; readonly report: DeliveryReport }
  | { readonly kind: 'nonsense'; readonly field: string; readonly problem: string };

/** Reads a status callback's form fields (Plivo docs: "Message status callbacks"); unknown fields are left alone. */
export function parseStatusCallback(token: string, fields: Readonly<Record<string, unknown>>): ParsedReport {
  const text = (name: string): string => {
    const value = fields[name];
    return typeof value === 'string' ? value.trim() : '';
  };
  const status = Object.hasOwn(STATUS_BY_WORD, text('Status').toLowerCase())
    ? STATUS_BY_WORD[text('Status').toLowerCase()]
    : undefined;
  const digits = text('To').replace(/[\s+\-.()/]/g, '');

  if (!/^[\w-]{1,64}$/.test(text('MessageUUID'))) return nonsense('MessageUUID', 'must be a message uuid');
  if (status === undefined) return nonsense('Status', `must be one of ${Object.keys(STATUS_BY_WORD).join(', ')}`);
  if (!/^[1-9]\d{1,14}$/.test(digits)) return nonsense('To', 'must be a phone number');
  if (text('Sequence') !== '' && !/^\d{1,9}$/.test(text('Sequence'))) return nonsense('Sequence', 'must be a number');
  if (!/^\w{0,20}$/.test(text('ErrorCode'))) return nonsense('ErrorCode', 'must be a code');

  return {
    kind: 'report',
    report: {
      token,
      status,
      recipient: `+${digits}`,
      messageUuid: text('MessageUUID'),
      sequence: text('Sequence') === '' ? null : Number(text('Sequence')),
      // "000" stands for "no error" in Plivo's records.
      errorCode: /^0*$/.test(text('ErrorCode')) ? null : text('ErrorCode'),
      units: /^\d{1,4}$/.test(text('Units')) ? Number(text('Units')) : null,
      cost: /^\d{1,9}(\.\d{1,10})?$/.test(text('TotalAmount')) ? text('TotalAmount') : null,
      ...timeIn(text(TIME_FIELDS[status])),
    },
  };
}

const nonsense = (field: string, problem: string): ParsedReport => ({ kind: 'nonsense', field, problem });

/** `2026-05-04 10:20:30.123456`, which is UTC; whatever else stands there, no time is known. */
function timeIn(text: string): { readonly happenedAt?: number } {
  if (!/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,9})?$/.test(text)) return {};
  const happenedAt = Date.parse(`${text.slice(0, 23).replace(' ', 'T')}Z`);
  return Number.isNaN(happenedAt) ? {} : { happenedAt };
}
