import { postReport, reportOf } from './reports';
import { post } from './settling';
import type { TestService } from './testService';

/** Plivo's own reports are lost; the tests write them. */
export const OWN_REPORTS = { callbackLossShare: 1 };

/** Plivo reports of the latest text of each of these people that it did not arrive. */
export async function reportFailed(
  test: TestService,
  people: readonly string[],
  { status = 'undelivered', code = '80' }: { status?: 'undelivered' | 'failed'; code?: string } = {},
): Promise<void> {
  for (const person of people) {
    const uuid = test.simulator.textsOf(person).at(-1)!.messageUuid;
    const call = test.simulator.calls().find(({ messageUuids }) => messageUuids.includes(uuid))!;
    const fields = { Status: status, ErrorCode: code };
    await postReport(test, String(call.body['url']), reportOf(person, uuid, fields)).expect(204);
  }
}

/** A retry; nothing is waited for. */
export const retry = (test: TestService, id: string, body: object = {}, headers: Record<string, string> = {}) =>
  post(test, `/broadcast/${id}/retry`, body).set({ prefer: 'respond-async', ...headers });

export const previewRetry = (test: TestService, id: string, body: object = {}) =>
  post(test, `/broadcast/${id}/retry/preview`, body);
