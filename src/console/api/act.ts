import { ask } from './request';
import type { Broadcast } from './types';

/** What a person does to a broadcast that is under way; each answers with the broadcast as it then stands. */
const act = (id: string, what: string, body?: object): Promise<Broadcast> =>
  ask(`broadcast/${id}/${what}`, { method: 'POST', ...(body === undefined ? {} : { body }) });

export const pause = (id: string) => act(id, 'pause');
export const resume = (id: string) => act(id, 'resume');
export const cancel = (id: string) => act(id, 'cancel');
export const resendFailed = (id: string) => act(id, 'resend-failed');
export const resolve = (id: string, batch: number, as: 'sent' | 'resend') =>
  act(id, `batches/${batch}/resolve`, { as });
export const approve = (id: string, digest: string) => act(id, 'approve', { digest });
export const reject = (id: string, reason: string) => act(id, 'reject', { reason });
