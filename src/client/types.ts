import type { components } from './generated.ts';

type Schemas = components['schemas'];

/** A broadcast as it stands. */
export type Broadcast = Schemas['Broadcast'];
export type AcceptedBroadcast = Schemas['AcceptedBroadcast'];
export type BroadcastStatus = Schemas['BroadcastStatus'];
/** What to send and to whom: `recipients`, `lists` or both; `message` or `template`. */
export type BroadcastRequest = Schemas['BroadcastFields'];
/** Numbers, or objects with the number as `to` and fields of your own. */
export type Entry = Schemas['Entry'];
export type TestRequest = BroadcastRequest & { to: string[]; as?: number };
export type RetryRequest = NonNullable<Schemas['RetryRequest']>;
export type Preview = Schemas['BroadcastPreview'];
export type RetryPreview = Schemas['RetryPreview'];
export type Recipient = Schemas['RecipientPage']['data'][number];
export type BatchStatus = Schemas['BatchStatus'];
export type RecipientStatus = Schemas['RecipientStatus'];
export type Batch = Schemas['Batch'];
export type OptOut = Schemas['OptOut'];
export type OptOutImport = Schemas['OptOutImport'];
export type InboundText = Schemas['InboundText'];
export type List = Schemas['List'];
export type ReplacedList = Schemas['ReplacedList'];
export type AddedToList = Schemas['AddedToList'];
export type ListPerson = Schemas['ListPeoplePage']['data'][number];
export type Account = Schemas['Account'];
/** Whose key it is, and what they may do. */
export type Caller = Schemas['Caller'];
export type WebhookPayload = Schemas['WebhookPayload'];
export type FieldError = Schemas['FieldError'];
export type Problem = Schemas['Problem'];
/** The last part of a problem's `type`. Later versions of the service may have others. */
export type ProblemCode = Problem['type'] extends `/docs/problems/${infer Code}` ? Code : never;

/**
 * Numbers in a file, with the other fields beside it: CSV, tabs, NDJSON, a workbook or any of them in gzip. It is sent as it
 * is, and sent again where a try is lost, so it must be in memory or a `Blob`.
 */
export type FileRequest = Schemas['FileFields'] & {
  file: string | Uint8Array<ArrayBuffer> | Blob;
  /** Such as `application/x-ndjson`; `text/csv` without it. */
  contentType?: string;
};

const FINAL: readonly BroadcastStatus[] = ['completed', 'partially_failed', 'failed', 'cancelled'];

/** Whether nothing is left to send. Delivery reports go on coming. */
export const isFinal = ({ status }: Pick<Broadcast, 'status'>): boolean => FINAL.includes(status);
