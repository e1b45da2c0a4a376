import request from 'supertest';
import { API_KEY, type TestService } from './testService';

export type MadeKey = { readonly id: string; readonly name: string; readonly prefix: string; readonly key: string };

let names = 0;

/** Makes a key as the operator does. */
export async function makeKey(test: TestService, scopes: readonly string[], more: object = {}): Promise<MadeKey> {
  const asked = { name: `key ${++names}`, scopes, ...more };
  const { body } = await request(test.url).post('/keys').set('x-api-key', API_KEY).send(asked).expect(201);
  return body as MadeKey;
}

/** Any request with a key that is given. */
export function as(test: TestService, { key }: Pick<MadeKey, 'key'>) {
  const call = (method: 'get' | 'head' | 'post' | 'put' | 'delete') => (path: string) =>
    request(test.url)[method](path).set('x-api-key', key);
  return { get: call('get'), head: call('head'), post: call('post'), put: call('put'), delete: call('delete') };
}
