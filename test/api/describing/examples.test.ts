import type request from 'supertest';
import { get, numbers, postBroadcast } from '../../support/client';
import { importOptOuts, optOut, send, write } from '../../support/compliance';
import { ROUTES, target, type Content } from '../../support/description/description';
import { as, makeKey } from '../../support/keys';
import { allBatches, broadcast, lostBroadcast } from '../../support/settling';
import { API_KEY, startTestService, type TestService } from '../../support/testService';

type Example = { readonly type: string; readonly name: string; readonly value: unknown };
type Prepared = {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly key?: string;
};

const ANN = '+14155550101';

function examplesOf(content: Content = {}): Example[] {
  return Object.entries(content).flatMap(([type, { example, examples = {} }]) => [
    ...(example === undefined ? [] : [{ type, name: type, value: example }]),
    ...Object.entries(examples).map(([name, one]) => ({
      type,
      name: `${type}, ${name}`,
      value: target<{ readonly value: unknown }>(one as { readonly value: unknown }).value,
    })),
  ]);
}

const REQUESTS = ROUTES.flatMap(({ method, path, operation }) =>
  examplesOf(operation.requestBody?.content).map((example) => ({ method, path, id: operation.operationId, example })),
);

describe('an example of the description', () => {
  let test: TestService;
  let people = 0;
  beforeEach(async () => {
    test = await startTestService({ env: { PLIVO_UNCONFIRMED: 'hold', APPROVAL_ABOVE: '10' } });
  });
  afterEach(() => test.stop());

  const some = (count: number) => numbers(count, (people += 100));
  const failed = async () => {
    test.simulator.settings.undeliveredShare = 1;
    const id = await broadcast(test, some(2));
    await allBatches(test, id, 'sent');
    await test.simulator.idle();
    return { parameters: { id } };
  };
  const forApproval = async () => {
    const { body } = await postBroadcast(test, { message: 'Doors open at 9.', recipients: some(11) }).expect(202);
    return { parameters: { id: body.id as string }, key: (await makeKey(test, ['approve', 'read'])).key };
  };
  const withText = (query = '?message=Hi') => Promise.resolve({ query });
  const withList = async () => {
    await send(test, 'put', '/lists/customers', { recipients: some(2) }).expect(201);
    return { parameters: { name: 'customers' } };
  };

  /** What there must be before the call is made, and the rest of its address. */
  const PREPARED: Readonly<Record<string, (type: string) => Promise<Prepared>>> = {
    send: (type) => withText(type === 'application/json' ? '' : undefined),
    preview: (type) => withText(type === 'application/json' ? '' : undefined),
    sendTest: () => Promise.resolve({}),
    async resolveBatch() {
      test.simulator.addFault({ kind: 'reset' });
      const id = await lostBroadcast(test, some(2));
      await allBatches(test, id, 'held');
      return { parameters: { id, number: '1' } };
    },
    approveBroadcast: forApproval,
    rejectBroadcast: forApproval,
    retryBroadcast: failed,
    previewRetry: failed,
    importOptOuts: () => Promise.resolve({}),
    async undoImport() {
      const { body } = await importOptOuts(test, ANN).expect(200);
      return { parameters: { importId: body.importId as string } };
    },
    addOptOut: () => Promise.resolve({ parameters: { number: ANN } }),
    async removeOptOut() {
      await optOut(test, ANN).expect(201);
      return { parameters: { number: ANN } };
    },
    replaceList: () => Promise.resolve({ parameters: { name: 'customers' } }),
    addToList: withList,
    saveTemplate: () => Promise.resolve({ parameters: { name: 'doors' } }),
    async reviewInbound() {
      await write(test, ANN, 'please no more of these', { intent: '' });
      const { body } = await get(test, '/inbound?needsReview=true').expect(200);
      return { parameters: { uuid: body.data[0].messageUuid as string } };
    },
    recoverDeliveries: () => Promise.resolve({}),
    createKey: () => Promise.resolve({}),
  };

  /** Those that name what only the reader has: they are told apart from what is wrong. */
  const OTHERWISE: Readonly<Record<string, number>> = { approveBroadcast: 412, retryBroadcast: 409 };

  it.each(REQUESTS)('is taken as it stands: $id, $example.name', async ({ method, path, id, example }) => {
    const { parameters = {}, query = '', key = API_KEY } = await PREPARED[id]!(example.type);
    const address = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parameters[name]!)) + query;
    const call = as(test, { key })[method.toLowerCase() as 'post'](address);
    const { status, body } = await call.type(example.type).send(example.value as object);
    const kind = OTHERWISE[id] ?? 200;
    expect({ status: kind === 200 && status < 300 ? 200 : status, body }).toMatchObject({ status: kind });
  });

  /** Addresses whose answer in this form is described by an example. */
  const SHOWN: Readonly<Record<string, (type: string) => Promise<request.Response>>> = {
    async preview(type) {
      const body = { message: 'Doors open at 9.', recipients: [ANN] };
      return send(test, 'post', '/broadcast/preview', body).set('accept', type);
    },
    async listRecipients(type) {
      const id = await broadcast(test, some(1));
      return get(test, `/broadcast/${id}/recipients`, { accept: type });
    },
    async listPeople(type) {
      await send(test, 'put', '/lists/customers', { recipients: [{ to: ANN, name: 'Ann', code: 'X1' }] }).expect(201);
      return get(test, '/lists/customers/recipients', { accept: type });
    },
  };
  const ANSWERS = ROUTES.flatMap(({ operation: { operationId: id, responses } }) =>
    id in SHOWN ? examplesOf(responses['200']?.content).map((example) => ({ id, example })) : [],
  );

  it.each(ANSWERS)('is what is answered, but for the values: $id, $example.name', async ({ id, example }) => {
    const answer = await SHOWN[id]!(example.type);
    expect(answer.status).toBe(200);
    expect(answer.type).toBe(example.type);
    expect(shapeOf(answer.text)).toEqual(
      shapeOf(typeof example.value === 'string' ? example.value : JSON.stringify(example.value)),
    );
  });

  it('stands for every operation that has one', () => {
    expect(REQUESTS.filter(({ id }) => !(id in PREPARED))).toEqual([]);
    const described = ROUTES.filter(({ operation }) => examplesOf(operation.responses['200']?.content).length > 0);
    // Streams: test/api/telling/events.test.ts. Files of pages: test/browser.
    const elsewhere = ['followBroadcast', 'followAll', 'dashboardAsset', 'docsAsset', 'readAsset', 'readDocsFile'];
    const missing = described.filter(({ operation: { operationId: id } }) => !(id in SHOWN) && !elsewhere.includes(id));
    expect(missing.map(({ operation }) => operation.operationId)).toEqual([]);
  });
});

/** Of JSON the names, of a table its first row: what a program relies on. */
function shapeOf(text: string): unknown {
  const [line = ''] = text.trim().split('\r\n');
  return line.startsWith('{') ? Object.keys(JSON.parse(line) as object).sort() : line;
}
