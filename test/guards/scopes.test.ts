import { ROUTE_SCOPES } from '../../src/domain/access/routeScopes';
import { SCOPES, type Scope } from '../../src/domain/access/scopes';
import { as, makeKey, type MadeKey } from '../support/keys';
import { startTestService, type TestService } from '../support/testService';
import { registeredRoutes, type RegisteredRoute } from './registeredRoutes';
import { projectFile, sectionOf, tableRows } from './projectFile';

const documented = tableRows(sectionOf(projectFile('docs/http.md'), '## Routes')).map(({ name }) => name);
const mounts = [...new Set(documented.map((route) => `/${route.split('/')[1] ?? ''}`))];
const isWithoutKey = ({ path }: RegisteredRoute) =>
  path === '/' || /^\/(health|webhooks|docs|assets|openapi\.\w+)(\/|$)/.test(path);

/** Every route by itself: Express knows which there are, whatever any table says. */
describe('scopes', () => {
  let test: TestService;
  let routes: RegisteredRoute[];
  const keys = new Map<Scope, MadeKey>();
  beforeAll(async () => {
    test = await startTestService();
    routes = registeredRoutes(test.service.app, mounts).filter((route) => !isWithoutKey(route));
    for (const scope of SCOPES) keys.set(scope, await makeKey(test, [scope]));
  });
  afterAll(() => test.stop());

  const call = (scope: Scope, { method, path }: RegisteredRoute) => {
    const address = path
      .replace('batches/{number}', 'batches/1')
      .replace('{number}', '+14155550101')
      .replaceAll(/\{\w+\}/g, '0b1b2ff4-3a51-4a6f-8d57-2f4c1f0a9a11');
    // What is told live goes on; its head does not.
    if (path === '/events') return as(test, keys.get(scope)!).head(address);
    return as(test, keys.get(scope)!)[method.toLowerCase() as 'get' | 'post' | 'put' | 'delete'](address);
  };

  it('are said of every route that there is, and of no other', () => {
    expect(Object.keys(ROUTE_SCOPES).sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort());
  });

  it.each(SCOPES)(
    'a key with "%s" alone that tries every route gets 403 wherever another scope is needed',
    async (scope) => {
      const open: string[] = [];
      for (const route of routes)
        if ((await call(scope, route)).status !== 403) open.push(`${route.method} ${route.path}`);
      const its = Object.entries(ROUTE_SCOPES).flatMap(([route, needed]) =>
        needed === scope || needed === null ? [route] : [],
      );
      expect(open.sort()).toEqual(its.sort());
    },
  );

  it('none are needed by who asks who they are alone', () => {
    expect(Object.entries(ROUTE_SCOPES).flatMap(([route, scope]) => (scope === null ? [route] : []))).toEqual([
      'GET /keys/self',
    ]);
  });

  it('reading is never a scope to change anything with', () => {
    const read = Object.entries(ROUTE_SCOPES).flatMap(([route, scope]) => (scope === 'read' ? [route] : []));
    expect(read.filter((route) => !route.startsWith('GET '))).toEqual([]);
  });

  it.each([
    ['a slash at the end', '/broadcast/'],
    ['other letters', '/BROADCAST'],
    ['a slash too many', '//broadcast'],
    ['an escaped letter', '/broadcas%74'],
    ['dots', '/x/../broadcast'],
  ])('are no way round by %s', async (_what, path) => {
    const { status } = await as(test, keys.get('read')!)
      .post(path)
      .send({ message: 'Hi', recipients: ['+14155550101'] });
    expect([403, 404]).toContain(status);
  });

  it.each([
    ['no such path', 'get', '/no/such/path', 404],
    ['another method', 'delete', '/broadcast', 405],
  ] as const)('a key with fewer is answered as usual on %s', async (_what, method, path, status) => {
    expect((await as(test, keys.get('read')!)[method](path)).status).toBe(status);
  });
});
