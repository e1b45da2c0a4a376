import type request from 'supertest';
import { get, numbers, postBroadcast } from '../../support/client';
import { importOptOuts, optOut, send, write } from '../../support/compliance';
import { ROUTES, target, type Schema } from '../../support/description/description';
import { eventually } from '../../support/eventually';
import { as, makeKey } from '../../support/keys';
import { allBatches, broadcast, lostBroadcast, post, SETTLES_SOON } from '../../support/settling';
import { startTestService, type TestService } from '../../support/testService';
import { SECRET, startWebhookReceiver, type WebhookReceiver } from '../../support/webhookReceiver';

const ANN = '+14155550101';
const PEOPLE = { recipients: [{ to: ANN, name: 'Ann', code: 'X1' }] };

/** What Plivo answered stands in the answer only where somebody waits for it. */
const AT_ONCE = { Prefer: 'respond-async' };

/** Every answer in JSON that is no error. */
const ANSWERS = ROUTES.flatMap(({ operation: { operationId: id, responses, security } }) =>
  Object.entries(responses).flatMap(([status, { content }]) => {
    const schema = content?.['application/json']?.schema;
    const name = typeof schema?.['$ref'] === 'string' ? schema['$ref'].split('/').at(-1)! : '';
    return Number(status) < 300 && name !== '' && security?.length !== 0 ? [{ id, status: Number(status), name }] : [];
  }),
);

describe('the example of an answer', () => {
  let test: TestService;
  let receiver: WebhookReceiver;
  beforeAll(async () => {
    receiver = await startWebhookReceiver();
    test = await startTestService({
      env: {
        APPROVAL_ABOVE: '10',
        ...SETTLES_SOON,
        PLIVO_UNCONFIRMED: 'hold',
        WEBHOOK_ALLOW_PRIVATE: 'true',
        WEBHOOK_URL: receiver.url,
        WEBHOOK_SECRET: SECRET,
      },
    });
  });
  afterAll(async () => {
    await test.stop();
    await receiver.stop();
  });

  let people = 0;
  const some = (count: number) => numbers(count, (people += 100));
  const sent = async () => {
    const id = await broadcast(test, some(1));
    await allBatches(test, id, 'sent');
    await test.simulator.idle();
    return id;
  };
  const failed = async () => {
    test.simulator.settings.undeliveredShare = 1;
    const id = await sent();
    test.simulator.settings.undeliveredShare = 0;
    return id;
  };
  const planned = async () => {
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const { body } = await postBroadcast(test, { message: 'Doors open at 9.', recipients: some(2), sendAt }).expect(
      202,
    );
    return body.id as string;
  };
  const waiting = async () => {
    const { body } = await postBroadcast(test, { message: 'Doors open at 9.', recipients: some(11) }).expect(202);
    const other = await makeKey(test, ['approve', 'read']);
    return { id: body.id as string, digest: body.approval.digest as string, other };
  };

  const list = async () => {
    await send(test, 'put', '/lists/customers', PEOPLE);
    return '/lists/customers';
  };
  const template = () => send(test, 'put', '/templates/doors', { message: 'Hi {{name|friend}}, doors open at 9.' });
  const replied = async () => {
    await write(test, ANN, 'please no more of these', { intent: '' });
    return (await get(test, '/inbound?needsReview=true').expect(200)).body.data[0].messageUuid as string;
  };
  const delivery = async () => {
    await replied();
    const page = await eventually(async () => {
      const { body } = await get(test, '/webhook-deliveries?status=delivered').expect(200);
      const data = body.data as { id: string; event: string }[];
      return data[0]?.event.startsWith('inbound.') === true ? data : null;
    });
    return page[0]!.id;
  };

  /** What there must be before, and the call. */
  const ANSWERED: Readonly<Record<string, (status: number) => PromiseLike<request.Response>>> = {
    send: () => postBroadcast(test, { message: 'Doors open at 9.', recipients: some(1) }, AT_ONCE),
    async listBroadcasts() {
      await sent();
      return await get(test, '/broadcast');
    },
    preview: () => send(test, 'post', '/broadcast/preview', { message: 'Doors open at 9.', recipients: some(1) }),
    sendTest: () =>
      send(test, 'post', '/broadcast/test', { message: 'Doors open at 9.', recipients: some(1), to: some(1) }).set(
        AT_ONCE,
      ),
    showBroadcast: async () => await get(test, `/broadcast/${await sent()}`),
    listRecipients: async () => await get(test, `/broadcast/${await sent()}/recipients`),
    listBatches: async () => await get(test, `/broadcast/${await sent()}/batches`),
    pauseBroadcast: async () => await post(test, `/broadcast/${await planned()}/pause`),
    async resumeBroadcast() {
      const id = await planned();
      await post(test, `/broadcast/${id}/pause`).expect(200);
      return await post(test, `/broadcast/${id}/resume`);
    },
    cancelBroadcast: async () => await post(test, `/broadcast/${await planned()}/cancel`),
    async resendFailed() {
      test.simulator.addFault({ kind: 'status', status: 400 });
      const id = await broadcast(test, some(2));
      await allBatches(test, id, 'failed');
      const answer = await post(test, `/broadcast/${id}/resend-failed`);
      await allBatches(test, id, 'sent');
      return answer;
    },
    async resolveBatch() {
      test.simulator.addFault({ kind: 'reset' });
      const id = await lostBroadcast(test, some(2));
      await allBatches(test, id, 'held');
      return await post(test, `/broadcast/${id}/batches/1/resolve`, { as: 'sent' });
    },
    async approveBroadcast() {
      const { id, digest, other } = await waiting();
      return await as(test, other).post(`/broadcast/${id}/approve`).send({ digest });
    },
    async rejectBroadcast() {
      const { id, other } = await waiting();
      return await as(test, other).post(`/broadcast/${id}/reject`).send({ reason: 'The date is wrong.' });
    },
    retryBroadcast: async () => await post(test, `/broadcast/${await failed()}/retry`).set(AT_ONCE),
    previewRetry: async () => await post(test, `/broadcast/${await failed()}/retry/preview`),
    async listOptOuts() {
      await optOut(test, ANN);
      return await get(test, '/opt-outs');
    },
    importOptOuts: () => importOptOuts(test, 'name,phone\r\nAnn,+14155550107\r\nBob,+14155550108\r\n'),
    async undoImport() {
      const { body } = await importOptOuts(test, '+14155550108').expect(200);
      return await send(test, 'delete', `/opt-outs/imports/${body.importId}`);
    },
    async showOptOut() {
      await optOut(test, ANN);
      return await get(test, `/opt-outs/${ANN}`);
    },
    async addOptOut(status) {
      if (status === 200) await optOut(test, ANN);
      return await optOut(test, status === 200 ? ANN : some(1)[0]!, { note: 'asked by phone' });
    },
    async listLists() {
      await list();
      return await get(test, '/lists');
    },
    showList: async () => await get(test, await list()),
    async replaceList(status) {
      if (status === 200) await list();
      return await send(test, 'put', status === 200 ? '/lists/customers' : '/lists/friends', PEOPLE);
    },
    listPeople: async () => await get(test, `${await list()}/recipients`),
    addToList: async () => await post(test, `${await list()}/recipients`, PEOPLE),
    async listTemplates() {
      await template();
      return await get(test, '/templates');
    },
    async showTemplate() {
      await template();
      return await get(test, '/templates/doors');
    },
    async saveTemplate(status) {
      if (status === 200) await template();
      return await send(test, 'put', `/templates/${status === 200 ? 'doors' : 'hall'}`, {
        message: 'Doors open at 9.',
      });
    },
    async showPerson() {
      await allBatches(test, await broadcast(test, [ANN]), 'sent');
      await test.simulator.idle();
      await replied();
      return await get(test, `/recipients/${ANN}`);
    },
    exportPerson: () => get(test, `/recipients/${ANN}/export`),
    async listInbound() {
      await replied();
      return await get(test, '/inbound');
    },
    reviewInbound: async () => await post(test, `/inbound/${await replied()}/reviewed`, { as: 'optOut' }),
    async listDeliveries() {
      await delivery();
      return await get(test, '/webhook-deliveries?status=delivered');
    },
    replayDelivery: async () => await post(test, `/webhook-deliveries/${await delivery()}/replay`),
    showAccount: () => get(test, '/account'),
    async listAudit() {
      await sent();
      return await get(test, '/audit');
    },
    async listKeys() {
      await makeKey(test, ['send', 'read']);
      return await get(test, '/keys');
    },
    createKey: () => send(test, 'post', '/keys', { name: 'shop', scopes: ['send', 'read'], dailyRecipients: 5000 }),
    async whoAmI() {
      const key = await makeKey(test, ['send', 'read'], { ownOnly: true, dailyRecipients: 5000 });
      return await as(test, key).get('/keys/self');
    },
    async rotateKey() {
      const { id } = await makeKey(test, ['send', 'read']);
      return await post(test, `/keys/${id}/rotate`);
    },
  };

  it.each(ANSWERS)('is what is answered, but for the values: $id, $status', async ({ id, status, name }) => {
    const answer = await ANSWERED[id]!(status);
    expect(answer.status).toBe(status);
    expect(differences(exampleOf({ $ref: `#/components/schemas/${name}` }), answer.body)).toEqual([]);
  });

  it('is there for every answer', () => {
    expect(ANSWERS.map(({ id }) => id).filter((id) => !(id in ANSWERED))).toEqual([]);
  });

  it('is what a webhook posts', async () => {
    await sent();
    await replied();
    const example = exampleOf({ $ref: '#/components/schemas/WebhookPayload' }) as { type: string };
    const told = await receiver.when(example.type);
    expect(differences(example, JSON.parse(told.body))).toEqual([]);
  });

  it('is what a faulty request is answered', async () => {
    const { content } = ROUTES.find(({ operation }) => operation.operationId === 'send')!.operation.responses['400']!;
    const answer = await postBroadcast(test, { message: 'Doors open at 9.', recipients: ['+14155550101', '12'] });
    expect(answer.status).toBe(400);
    const { requestId } = answer.body as { requestId: string };
    expect({ ...(content?.['application/problem+json']?.example as object), requestId }).toEqual(answer.body);
  });
});

/**
 * What a schema looks like, as a reader of `/docs` sees it: its own example, or that of each of its parts. Undefined where
 * nothing is said.
 */
function exampleOf(given: Schema): unknown {
  const schema = target<Schema>(given);
  if (schema['examples'] !== undefined) return (schema['examples'] as unknown[])[0];
  if (schema['items'] !== undefined) return [exampleOf(schema['items'] as Schema)];
  const own = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>);
  const parts = ((schema['allOf'] ?? []) as Schema[]).map((part) => exampleOf(part) as object | undefined);
  if (own.length + parts.length === 0) return undefined;
  return Object.assign({}, ...parts, Object.fromEntries(own.map(([name, part]) => [name, exampleOf(part)])));
}

/** Where two differ in more than their values: names that one of them lacks, and kinds of values. */
function differences(example: unknown, answered: unknown, place = ''): string[] {
  if (example === undefined || example === null || answered === null) return [];
  if (Array.isArray(example) && Array.isArray(answered))
    return example.length === 0 || answered.length === 0 ? [] : differences(example[0], answered[0], `${place}[0]`);
  if (kindOf(example) !== kindOf(answered)) return [`${place} is ${kindOf(answered)}, not ${kindOf(example)}`];
  if (kindOf(example) !== 'object') return [];
  const [shown, given] = [example as Record<string, unknown>, answered as Record<string, unknown>];
  const names = [...new Set([...Object.keys(shown), ...Object.keys(given)])];
  return names.flatMap((name) => {
    if (!(name in given)) return [`${place}.${name} is not answered`];
    if (!(name in shown)) return [`${place}.${name} is not in the example`];
    return differences(shown[name], given[name], `${place}.${name}`);
  });
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value);
