import request from 'supertest';
import { KNOWN_PATHS } from '../../src/middleware/unknownRoute';
import { API_KEY, startTestService, type TestService } from '../support/testService';
import { projectFile, sectionOf, tableRows } from './projectFile';
import { registeredRoutes } from './registeredRoutes';

const documented = tableRows(sectionOf(projectFile('docs/http.md'), '## Routes')).map(({ name }) => name);
const mounts = [...new Set(documented.map((route) => `/${route.split('/')[1] ?? ''}`))];
/** The dashboard's files are there where it was built. */
const isBuilt = (path: string) => /^\/(assets\/.*)?$/.test(path);
const isOpen = (path: string) => isBuilt(path) || /^\/(health\/|openapi\.|docs(\/|$))/.test(path);
const isPlivos = (path: string) => path.startsWith('/webhooks/');
const withKey = documented.filter((route) => !isOpen(route.split(' ')[1]!) && !isPlivos(route.split(' ')[1]!));

describe('the routes', () => {
  let test: TestService;
  beforeAll(async () => {
    // Each route is tried without a key, and with a wrong one.
    test = await startTestService({ env: { AUTH_FAILURES_MAX: '0' } });
  });
  afterAll(() => test.stop());

  const call = (route: string, query = '') => {
    const [method = '', path = ''] = route.split(' ');
    const address = path
      .replace('batches/{number}', 'batches/1')
      .replace('{number}', '+14155550101')
      .replace('{file}', 'docs.css')
      .replace('{code}', 'not_found')
      .replaceAll(/\{\w+\}/g, '0b1b2ff4-3a51-4a6f-8d57-2f4c1f0a9a11');
    return request(test.url)[method.toLowerCase() as 'get' | 'post'](address + query);
  };

  it('are those that docs/http.md lists', () => {
    const registered = registeredRoutes(test.service.app, mounts).map(({ method, path }) => `${method} ${path}`);
    expect(registered.sort()).toEqual([...documented].sort());
  });

  it('are all known to the answer to an unknown path', () => {
    expect([...KNOWN_PATHS].sort()).toEqual([...new Set(documented.map((route) => route.split(' ')[1]))].sort());
  });

  it.each(withKey)('%s wants a key', async (route) => {
    expect((await call(route)).status).toBe(401);
    expect((await call(route).set('x-api-key', 'not-the-key')).status).toBe(403);
  });

  it.each(withKey)('%s refuses a parameter and a body that it does not know', async (route) => {
    const refused = async (asked: request.Test) => {
      const { status } = await asked.set('x-api-key', API_KEY);
      // 415: it takes a file, or has to have a body.
      expect([400, 415]).toContain(status);
    };
    await refused(call(route, '?dryRun=true'));
    await refused(call(route).send({ dryRun: true }));
    await refused(call(route).type('json').send('{"as":"sent",'));
  });

  it.each(documented.filter((route) => isPlivos(route.split(' ')[1]!)))('%s wants a signature', async (route) => {
    expect((await call(route)).status).toBe(403);
  });

  it.each(documented.filter((route) => isOpen(route.split(' ')[1]!)))('%s is open to everybody', async (route) => {
    const { status } = await call(route);
    expect(isBuilt(route.split(' ')[1]!) ? [200, 404] : [200]).toContain(status);
  });

  it('do not tell a stranger which paths exist', async () => {
    await request(test.url).get('/no/such/path').expect(401);
  });
});
