import type { Answer } from '../../../bench/hostility/judging/answers';
import type { Outcome } from '../../../bench/hostility/exchange';
import type { Input } from '../../../bench/hostility/making/input';
import { faultsIn } from '../../../bench/hostility/judging/judgement';

const input = (more: Partial<Input> = {}): Input => ({
  kind: 'described',
  note: '',
  operationId: 'isLive',
  pieces: [],
  asked: { method: 'GET', url: '/health/live' },
  ...more,
});
const PROBLEM = {
  type: '/docs/problems/not_found',
  title: 'There is no such thing',
  status: 404,
  detail: 'None.',
  message: 'None.',
  requestId: 'r',
};
const answer = (status: number, body: string, type: string, headers: Answer['headers'] = {}): Answer => ({
  status,
  headers: { 'content-type': type, 'x-request-id': 'r', ...headers },
  body,
  isWhole: true,
});
const outcome = (answers: Answer[], ended: Outcome['ended'] = 'by the service'): Outcome => ({ answers, ended, ms: 1 });
const JSON_TYPE = 'application/json';
const PROBLEM_TYPE = 'application/problem+json';

describe('what the fuzzer holds against an answer', () => {
  it('is nothing where it is as described', () => {
    expect(faultsIn(input(), outcome([answer(200, '{"status":"ok"}', JSON_TYPE)]))).toEqual([]);
  });

  it.each<[what: string, input: Input, outcome: Outcome, fault: RegExp]>([
    ['a 500', input(), outcome([answer(500, '{}', PROBLEM_TYPE)]), /answered 500/],
    ['a 503 that does not say when', input(), outcome([answer(503, '', '')]), /answered 503/],
    [
      'a field that is not described',
      input(),
      outcome([answer(200, '{"status":"ok","x":1}', JSON_TYPE)]),
      /additional/,
    ],
    ['a status that is not described', input(), outcome([answer(404, JSON.stringify(PROBLEM), PROBLEM_TYPE)]), /404/],
    ['no answer', input(), outcome([]), /without an answer/],
    ['an answer that does not end', input(), outcome([], 'too late'), /no end/],
    ['a service that is gone', input({ asked: null }), outcome([], 'not let in'), /connections/],
    [
      'a page instead of a problem',
      input({ asked: null }),
      outcome([answer(400, '<html>', 'text/html')]),
      /not as a problem/,
    ],
  ])('is %s', (_what, asked, became, fault) => {
    expect(faultsIn(asked, became).join('; ')).toMatch(fault);
  });

  it('is not that broken bytes get no answer', () => {
    expect(faultsIn(input({ kind: 'raw', asked: null }), outcome([], 'by us'))).toEqual([]);
  });
});
