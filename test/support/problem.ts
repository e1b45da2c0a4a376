import type { Response } from 'supertest';
import type { TestService } from './testService';

/** The answer is a problem (RFC 9457) with everything that the contract promises of one. */
export function expectProblem(response: Response, status: number): void {
  expect({ status: response.status, type: response.type }).toEqual({ status, type: 'application/problem+json' });
  expect(response.body).toMatchObject({
    type: expect.stringMatching(/^\/docs\/problems\/\w+$/),
    title: expect.stringMatching(/\w/),
    status,
    detail: expect.stringMatching(/\w/),
    message: response.body.detail,
    requestId: response.headers['x-request-id'],
  });
}

/** Nothing in the log of the kind that has nobody's attention before users meet it. */
export function expectNothingUnforeseen(test: TestService): void {
  expect(test.log.filter(({ level, message }) => level === 'error' || message.includes('nobody foresaw'))).toEqual([]);
}
