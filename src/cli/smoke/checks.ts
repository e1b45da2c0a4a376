import { randomBytes } from 'node:crypto';
import type { Answer, ApiClient } from '../calls/apiClient';

/** How a check ended; `skipped` says why and does not fail the run. */
export type CheckResult = { readonly kind: 'passed' | 'failed' | 'skipped'; readonly note: string };

export type Check = { readonly name: string; run(): Promise<CheckResult> };

export const passed = (note = ''): CheckResult => ({ kind: 'passed', note });
export const failed = (note: string): CheckResult => ({ kind: 'failed', note });
export const skipped = (note: string): CheckResult => ({ kind: 'skipped', note });

/** A number that is given to nobody, for requests that must not send anything. */
const EXAMPLE_NUMBER = '+14155550100';

/** Everything that can be found out without texting anybody. */
export function harmlessChecks(api: ApiClient, key: string): Check[] {
  const list = '/broadcast?limit=1';
  return [
    { name: 'health: live', run: async () => expectStatus(await api({ path: '/health/live', key: null }), 200) },
    { name: 'health: ready', run: async () => expectStatus(await api({ path: '/health/ready', key: null }), 200) },
    { name: 'no key is refused', run: async () => expectStatus(await api({ path: list, key: null }), 401) },
    {
      name: 'a wrong key is refused',
      run: async () => expectStatus(await api({ path: list, key: randomBytes(16).toString('hex') }), 403),
    },
    { name: 'the key is taken', run: async () => expectStatus(await api({ path: list, key }), 200) },
    {
      name: 'faulty input is refused',
      // Faulty twice over, so that no version of the service could send it.
      run: async () => expectRefusal(await api(post('/broadcast', key, { recipients: ['+1415'], message: ' ' }))),
    },
    {
      name: 'dry run',
      run: async () =>
        expectPreview(
          await api(post('/broadcast/preview', key, { recipients: [EXAMPLE_NUMBER], message: 'Smoke test' })),
        ),
    },
  ];
}

export const post = (path: string, key: string, json: object) => ({ method: 'POST', path, key, json }) as const;

export function expectStatus(answer: Answer, status: number): CheckResult {
  return answer.status === status ? passed() : failed(`expected ${status}, got ${describe(answer)}`);
}

function expectRefusal(answer: Answer): CheckResult {
  if (answer.status !== 400) return failed(`expected 400, got ${describe(answer)}`);
  const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json') === true;
  return isProblem ? passed() : failed('expected application/problem+json');
}

function expectPreview(answer: Answer): CheckResult {
  // A name as sender reaches nobody in the example number's country: refused for that, the dry run works.
  const { status, body } = answer;
  if (status === 400 && JSON.stringify(body).includes('"path":"sender"')) return passed();
  return expectStatus(answer, 200);
}

/** The status, and the problem details where there are any. */
export function describe({ status, body }: Answer): string {
  if (typeof body !== 'object' || body === null || !('detail' in body)) return String(status);
  const id = 'requestId' in body ? ` (request ${String(body.requestId)})` : '';
  return `${status}: ${String(body.detail)}${id}`;
}
