import request from 'supertest';
import { AUDIT_ACTIONS } from '../../src/domain/access/audit';
import { SCOPES } from '../../src/domain/access/scopes';
import { APPROVAL_STATES } from '../../src/domain/states/approvalState';
import { BATCH_STATUSES } from '../../src/domain/states/batchState';
import { BROADCAST_STATUSES } from '../../src/domain/states/broadcastState';
import { CANARY_STATUSES } from '../../src/domain/states/canaryState';
import { OPT_OUT_EVENTS, OPT_OUT_SOURCES } from '../../src/domain/states/optOut';
import { RECIPIENT_STATUSES } from '../../src/domain/states/recipientState';
import { DELIVERY_STATUSES, WEBHOOK_EVENTS } from '../../src/domain/states/webhookEvent';
import { DESCRIPTION, ROUTES, SCHEMAS } from '../support/description/description';
import { API_KEY, startTestService, type TestService } from '../support/testService';
import { projectFile } from './projectFile';
import { registeredRoutes } from './registeredRoutes';

const paths = Object.keys(DESCRIPTION.paths);
const mounts = [...new Set(paths.map((path) => `/${path.split('/')[1] ?? ''}`))];

describe('openapi.yaml', () => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService();
  });
  afterAll(() => test.stop());

  it('describes every route that there is, and no other', () => {
    const registered = registeredRoutes(test.service.app, mounts).map(({ method, path }) => `${method} ${path}`);
    expect(ROUTES.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(registered.sort());
  });

  it('is answered to everybody, as JSON and as it is written', async () => {
    expect((await request(test.url).get('/openapi.json').expect(200)).body).toEqual(DESCRIPTION);
    const answer = await fetch(`${test.url}/openapi.yaml`);
    expect(answer.headers.get('content-type')).toMatch(/^application\/yaml/);
    expect(await answer.text()).toBe(projectFile('openapi.yaml'));
  });

  it('is found at /docs with a slash behind it, and so is each problem; what is not there is not', async () => {
    const at = (path: string) => request(test.url).get(path).set('x-api-key', API_KEY).redirects(0);
    for (const path of ['/docs/', '/docs/problems/', '/docs/problems/key_reused/'])
      expect((await at(path)).status).toBe(308);
    for (const path of ['/docs/elsewhere/key_reused/', '/docs/problems/key_reused/more/', '/docs/%0D%0AX: 1/more/'])
      expect((await at(path)).status).toBe(404);
  });

  it('wants a key where the service does', () => {
    const open = ROUTES.filter(({ operation }) => operation.security?.length === 0).map(({ path }) => path);
    expect(open.sort()).toEqual([
      '/',
      '/assets/{file}',
      '/docs',
      '/docs/problems',
      '/docs/problems/{code}',
      '/docs/{file}',
      '/health/live',
      '/health/ready',
      '/openapi.json',
      '/openapi.yaml',
    ]);
    const plivos = ROUTES.filter(({ operation }) => JSON.stringify(operation.security ?? []).includes('plivo'));
    expect(plivos.map(({ path }) => path)).toEqual(
      ROUTES.map(({ path }) => path).filter((path) => path.startsWith('/webhooks/')),
    );
  });

  it('has the fields that a broadcast may have', async () => {
    const answer = await request(test.url).post('/broadcast').set('x-api-key', API_KEY).send({ unheardOf: 1 });
    const [, fields = ''] = /the fields are ([\w, ]+)/.exec(answer.text) ?? [];
    const properties = Object.entries(SCHEMAS['BroadcastFields']?.['properties'] as object);
    const served = properties.filter(([, { type }]: [string, { type?: unknown }]) => type !== 'null');
    expect(served.map(([name]) => name).sort()).toEqual(fields.split(', ').sort());
  });

  it('has the version of the package', () => {
    expect(DESCRIPTION.info.version).toBe((JSON.parse(projectFile('package.json')) as { version: string }).version);
  });

  it('says of each read that has a key what comes of a body with it', () => {
    const reads = ROUTES.filter(({ method, operation }) => method === 'GET' && '401' in operation.responses);
    const silent = reads.filter(({ operation }) => !['413', '415'].every((status) => status in operation.responses));
    expect(reads.length).toBeGreaterThan(20);
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it('knows every type of problem', () => {
    const [, union = ''] = projectFile('src/domain/errors.ts').split('export type ErrorCode =');
    const codes = [...union.matchAll(/\| '(\w+)'/g)].map(([, code = '']) => code);
    const types = SCHEMAS['ProblemType']?.['enum'] as string[];
    expect(types.map((type) => type.replace('/docs/problems/', '')).sort()).toEqual(
      [...codes, 'internal_error', 'too_slow', 'headers_too_large'].sort(),
    );
  });

  it.each([
    ['BroadcastStatus', BROADCAST_STATUSES],
    ['BatchStatus', BATCH_STATUSES],
    ['RecipientStatus', RECIPIENT_STATUSES],
    ['CanaryStatus', CANARY_STATUSES],
    ['ApprovalState', APPROVAL_STATES],
    ['Scope', SCOPES],
    ['AuditAction', AUDIT_ACTIONS],
    ['OptOutSource', OPT_OUT_SOURCES],
    ['WebhookEvent', WEBHOOK_EVENTS],
    ['DeliveryStatus', DELIVERY_STATUSES],
    ['OptOutEvent', OPT_OUT_EVENTS],
  ])('has every %s', (name, values) => {
    expect(SCHEMAS[name]?.['enum']).toEqual([...values]);
  });
});
