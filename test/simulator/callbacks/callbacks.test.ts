import { signV2, signV3 } from '../../../src/simulator/formats/signatures';
import type { Simulator, SimulatorSettings } from '../../../src/simulator/simulator';
import { AUTH_TOKEN, SENDER, Service, people, send, startQuick } from '../plivoCaller';
import { eventually } from '../../support/eventually';

let simulator: Simulator;
let service: Service;

async function start(settings: Partial<SimulatorSettings> = {}): Promise<void> {
  simulator = await startQuick(settings);
}
beforeEach(async () => {
  service = await Service.start();
});
afterEach(async () => {
  await simulator.stop();
  await service.stop();
});

describe('Delivery reports', () => {
  test('each text is reported sent, then delivered, under the documented names', async () => {
    await start();
    const { json } = await send(simulator, people(1), { url: `${service.url}/reports/token` });
    await simulator.idle();

    expect(service.received.map(({ method, path }) => `${method} ${path}`)).toEqual(
      Array(2).fill('POST /reports/token'),
    );
    expect(service.received[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
    const common = {
      MessageUUID: json.message_uuid[0],
      ParentMessageUUID: json.message_uuid[0],
      To: people(1)[0],
      From: SENDER,
      Type: 'sms',
      Units: '1',
      TotalRate: expect.stringMatching(/^0\.\d{5}$/),
      TotalAmount: expect.stringMatching(/^0\.\d{5}$/),
      MCC: expect.any(String),
      MNC: expect.any(String),
      PartInfo: expect.any(String),
      MessageTime: time,
      QueuedTime: time,
      SentTime: time,
      requester_ip: expect.any(String),
    };
    expect(service.received.map(({ fields }) => fields)).toEqual([
      { ...common, Status: 'sent', Sequence: '1' },
      { ...common, Status: 'delivered', Sequence: '2', DeliveryReportTime: time },
    ]);
  });

  test('without an address nothing is reported, and the text is delivered all the same', async () => {
    await start();
    await send(simulator, people(1));
    await simulator.idle();
    expect(simulator.textsOf(people(1)[0]!)).toMatchObject([{ state: 'delivered' }]);
    expect(service.received).toEqual([]);
  });

  test('reports can begin with queued', async () => {
    await start({ queuedCallback: true });
    await send(simulator, people(1), { url: service.url });
    await simulator.idle();
    expect(service.received.map(({ fields }) => [fields['Sequence'], fields['Status']]).sort()).toEqual([
      ['1', 'queued'],
      ['2', 'sent'],
      ['3', 'delivered'],
    ]);
  });

  test('with GET the fields come in the query, beside those of the address', async () => {
    await start();
    await send(simulator, people(1), { url: `${service.url}/cb?batch=7`, method: 'GET' });
    await simulator.idle();
    expect(service.received).toHaveLength(2);
    for (const { method, query } of service.received) {
      expect(method).toBe('GET');
      expect(query.get('batch')).toBe('7');
      expect(query.get('To')).toBe(people(1)[0]);
    }
  });

  test('reports of a powerpack name the pack and the number it picked', async () => {
    await start();
    await send(simulator, people(1), { src: undefined, powerpack_uuid: 'pack-1', url: service.url });
    await simulator.idle();
    const [text] = simulator.textsOf(people(1)[0]!);
    expect(service.received[0]?.fields).toMatchObject({ PowerpackUUID: 'pack-1', From: text?.src });
  });

  test.each(['POST', 'GET'] as const)('%s reports are signed in every family of headers', async (method) => {
    await start();
    const url = `${service.url}/cb/token?b=2&a=1`;
    await send(simulator, people(1), { url, method });
    await simulator.idle();

    expect(service.received).toHaveLength(2);
    for (const { headers, fields, query } of service.received) {
      const sent = method === 'POST' ? fields : Object.fromEntries([...query].filter(([name]) => name.length > 1));
      const v2 = signV2({ url, nonce: String(headers['x-plivo-signature-v2-nonce']), authToken: AUTH_TOKEN });
      const nonce = String(headers['x-plivo-signature-v3-nonce']);
      const v3 = signV3({ method, url, fields: sent, nonce, authToken: AUTH_TOKEN });
      expect(headers).toMatchObject({
        'x-plivo-signature-v2': v2,
        'x-plivo-signature-ma-v2': v2,
        'x-plivo-signature-v3': v3,
        'x-plivo-signature-ma-v3': v3,
      });
    }
  });

  test.each([
    ['v2', true, false],
    ['v3', false, true],
  ] as const)('only %s signatures can be asked for', async (signatures, hasV2, hasV3) => {
    await start({ signatures });
    await send(simulator, people(1), { url: service.url });
    await simulator.idle();
    const { headers } = service.received[0]!;
    expect('x-plivo-signature-v2' in headers).toBe(hasV2);
    expect('x-plivo-signature-v3' in headers).toBe(hasV3);
  });

  test('a report that is not taken comes again, up to three times', async () => {
    await start();
    service.answer = ({ fields }) => (fields['Status'] === 'sent' ? 500 : 200);
    await send(simulator, people(1), { url: service.url });
    await simulator.idle();
    expect(service.statuses().filter((status) => status === 'sent')).toHaveLength(4);
    expect(service.statuses().filter((status) => status === 'delivered')).toHaveLength(1);
  });

  test('a report that is taken at the second attempt does not come a third time', async () => {
    await start();
    let attempts = 0;
    service.answer = () => (attempts++ < 2 ? 503 : 204);
    await send(simulator, people(1), { url: service.url });
    await simulator.idle();
    expect(service.received).toHaveLength(4);
  });

  test('a service that does not answer in time counts as one that refuses', async () => {
    await start({ callbackTimeoutMs: 20, callbackRetryDelaysMs: [1] });
    service.answer = () => null;
    await send(simulator, people(1), { url: service.url });
    await simulator.idle();
    expect(service.received).toHaveLength(4);
  });

  test('a service that is down gets its reports once it is back', async () => {
    await start({ callbackRetryDelaysMs: Array<number>(1000).fill(2) });
    const { url } = service;
    await service.stop();
    await send(simulator, people(1), { url });
    await eventually(() => simulator.textsOf(people(1)[0]!)[0]?.state === 'delivered');
    expect(service.received).toEqual([]);

    service = await Service.start(Number(new URL(url).port));
    await simulator.idle();
    expect(service.statuses().sort()).toEqual(['delivered', 'sent']);
  });

  test('every report can come twice', async () => {
    await start({ callbackDuplicateShare: 1 });
    await send(simulator, people(2), { url: service.url });
    await simulator.idle();
    expect(service.statuses().filter((status) => status === 'sent')).toHaveLength(4);
    expect(service.statuses().filter((status) => status === 'delivered')).toHaveLength(4);
  });

  test('reports can come in the wrong order, and Sequence still tells the right one', async () => {
    await start({ callbackReorderShare: 1 });
    await send(simulator, people(1), { url: service.url });
    await simulator.idle();
    expect(service.received.map(({ fields }) => [fields['Status'], fields['Sequence']])).toEqual([
      ['delivered', '2'],
      ['sent', '1'],
    ]);
  });

  test('reports can be lost for good', async () => {
    await start({ callbackLossShare: 1, callbackReorderShare: 0.5 });
    await send(simulator, people(20), { url: service.url });
    await simulator.idle();
    expect(service.received).toEqual([]);
  });

  test('no more reports are under way at once than allowed', async () => {
    await start({ callbackConcurrency: 3, callbackRetryDelaysMs: [] });
    service.answer = () => null;
    await send(simulator, people(50), { url: service.url });
    await eventually(() => service.received.length === 3);
    await eventually(() => simulator.textsOf(people(50)[49]!)[0]?.state === 'delivered');
    expect(service.received).toHaveLength(3);
    simulator.reset();
    await simulator.idle();
  });

  test('thousands of reports arrive, each once', async () => {
    await start();
    for (let batch = 0; batch < 2; batch += 1) await send(simulator, people(1000), { url: service.url });
    await simulator.idle();
    const seen = service.received.map(({ fields }) => `${fields['MessageUUID'] ?? ''} ${fields['Status'] ?? ''}`);
    expect(seen).toHaveLength(4000);
    expect(new Set(seen).size).toBe(4000);
  });
});
