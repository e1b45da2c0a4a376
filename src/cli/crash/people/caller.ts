import { setTimeout as sleepFor } from 'node:timers/promises';
import { createApiClient, type Answer } from '../../calls/apiClient';
import type { Choices } from '../choices';
import type { Instance } from '../../processes/instance';
import { CRASH_TEST_KEY } from '../stage/serviceEnvironment';

/** How a broadcast was answered in the end. */
export type Posted =
  | { readonly kind: 'accepted'; readonly id: string }
  /** An error status: nobody was and nobody will be texted. */
  | { readonly kind: 'refused'; readonly status: number }
  /** No answer to be had, or one that must not be. */
  | { readonly kind: 'fault'; readonly reason: string };

export type Caller = {
  /** Posts a broadcast with an Idempotency-Key, again at another instance until it is answered. */
  post(body: object, key: string, headers?: Readonly<Record<string, string>>): Promise<Posted>;
  /** Any other call, again until it gets an answer that is not 5xx. */
  call(method: 'GET' | 'POST', path: string, json?: object): Promise<Answer>;
  /** Answers that no caller should ever get, by status and call. */
  readonly strangeAnswers: string[];
};

const CALL_TIMEOUT_MS = 4000;
const PATIENCE_MS = 60_000;
/** At a "not now": few, or a round in which the database restarts would have nothing to do. */
const GIVES_UP = 0.2;

/** A caller who behaves as callers should: repeats with the same key what was not answered. */
export function createCaller(instances: readonly [Instance, ...Instance[]], choices: Choices): Caller {
  const strangeAnswers: string[] = [];
  const clients = instances.map(({ url }) => createApiClient({ url, timeoutMs: CALL_TIMEOUT_MS }));
  const anyClient = () => clients[choices.between(0, clients.length - 1)];

  async function attempt(call: Parameters<ReturnType<typeof createApiClient>>[0]): Promise<Answer | 'none' | 'unsent'> {
    const client = anyClient();
    if (client === undefined) return 'unsent';
    const answer = await client(call).catch((error: unknown) =>
      String(error).includes('ECONNREFUSED') ? 'unsent' : 'none',
    );
    if (typeof answer !== 'string' && answer.status === 500)
      strangeAnswers.push(`500 from ${call.method ?? 'GET'} ${anonymous(call.path)}`);
    return answer;
  }

  return {
    strangeAnswers,
    async post(json, key, headers = {}) {
      // An earlier try without an answer may have been accepted: then an error that says "not now" proves nothing.
      let isInDoubt = false;
      for (const until = performance.now() + PATIENCE_MS; performance.now() < until;) {
        const answer = await attempt({
          method: 'POST',
          path: '/broadcast',
          key: CRASH_TEST_KEY,
          json,
          headers: { ...headers, 'idempotency-key': key },
        });
        if (answer === 'none') isInDoubt = true;
        if (typeof answer !== 'string') {
          if (answer.status === 202) return { kind: 'accepted', id: (answer.body as { id: string }).id };
          if ([400, 402, 502].includes(answer.status)) return { kind: 'refused', status: answer.status };
          if (answer.status === 503 && !isInDoubt && choices.chance(GIVES_UP)) return { kind: 'refused', status: 503 };
          if (answer.status === 500) isInDoubt = true;
          else if (answer.status !== 503 && answer.status !== 409)
            return { kind: 'fault', reason: `status ${answer.status} from POST /broadcast` };
        }
        await sleepFor(choices.between(30, 200));
      }
      return { kind: 'fault', reason: `POST /broadcast got no answer in ${PATIENCE_MS / 1000} s` };
    },
    async call(method, path, json) {
      for (const until = performance.now() + PATIENCE_MS; performance.now() < until;) {
        const answer = await attempt({ method, path, key: CRASH_TEST_KEY, ...(json === undefined ? {} : { json }) });
        if (typeof answer !== 'string' && answer.status < 500) return answer;
        await sleepFor(50);
      }
      throw new Error(`${method} ${anonymous(path)} got no answer in ${PATIENCE_MS / 1000} s`);
    },
  };
}

const anonymous = (path: string) => path.replace(/[0-9a-f-]{36}/, '{id}').replace(/\?.*/, '');
