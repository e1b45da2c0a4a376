import type { Simulator, SimulatorSettings } from '../../../src/simulator/simulator';
import { eventually } from '../../support/eventually';
import { Service, people, send, startQuick } from '../plivoCaller';

let simulator: Simulator;
let service: Service;

async function start(settings: Partial<SimulatorSettings>): Promise<void> {
  simulator = await startQuick(settings);
}
beforeEach(async () => {
  service = await Service.start();
});
afterEach(async () => {
  await simulator.stop();
  await service.stop();
});

const states = (): string[] => people(40).flatMap((person) => simulator.textsOf(person).map(({ state }) => state));

describe('What becomes of the texts', () => {
  test('the account sends no faster than its rate', async () => {
    await start({ messagesPerSecond: 200 });
    const begin = performance.now();
    await send(simulator, people(40));
    await simulator.idle();
    // 40 texts at 200/s: the last leaves 39 steps of 5 ms after the first.
    expect(performance.now() - begin).toBeGreaterThanOrEqual(195);
  });

  test('a text of two parts takes twice the time', async () => {
    await start({ messagesPerSecond: 200 });
    const begin = performance.now();
    await send(simulator, people(20), { text: 'a'.repeat(161) });
    await simulator.idle();
    expect(performance.now() - begin).toBeGreaterThanOrEqual(190);
  });

  test('a sender sends no faster than its own rate, and others do not wait for it', async () => {
    await start({ senderRates: { '16135550100': 100 } });
    const begin = performance.now();
    await send(simulator, people(20), { src: '+16135550100' });
    await send(simulator, people(40).slice(20));
    const others = () =>
      people(40)
        .slice(20)
        .flatMap((person) => simulator.textsOf(person).map(({ state }) => state));
    await eventually(() => others().every((state) => state === 'delivered'));
    const slow = people(20).flatMap((person) => simulator.textsOf(person).map(({ state }) => state));
    expect(slow.filter((state) => state === 'queued').length).toBeGreaterThan(0);
    await simulator.idle();
    expect(performance.now() - begin).toBeGreaterThanOrEqual(185);
  });

  test('the account holds back those of a fast sender, too, in the order in which they came', async () => {
    await start({ messagesPerSecond: 200, senderRates: { '16135550100': 100_000 } });
    const begin = performance.now();
    await send(simulator, people(20), { src: '+16135550100' });
    await send(simulator, people(40).slice(20));
    await simulator.idle();
    expect(performance.now() - begin).toBeGreaterThanOrEqual(185);
  });

  test('texts that wait too long for their slow sender fail with 420, and nobody else', async () => {
    await start({ senderRates: { '16135550100': 1 }, expiryMs: 200 });
    await send(simulator, people(5), { src: '+16135550100', url: service.url });
    await send(simulator, people(40).slice(5), { url: service.url });
    await simulator.idle();
    const failed = service.received.filter(({ fields }) => fields['Status'] === 'failed');
    expect(failed.map(({ fields }) => [fields['From'], fields['ErrorCode']])).toEqual(
      Array.from({ length: 4 }, () => ['16135550100', '420']),
    );
  });

  test('texts that wait too long in the queue fail with 420 and cost nothing', async () => {
    await start({ messagesPerSecond: 1, expiryMs: 30 });
    await send(simulator, people(5), { url: service.url });
    await simulator.idle();
    const failed = service.received.filter(({ fields }) => fields['Status'] === 'failed');
    expect(failed).toHaveLength(4);
    for (const { fields } of failed) expect(fields).toMatchObject({ ErrorCode: '420', TotalAmount: '0.00000' });
  });

  test('a share of the texts is undelivered, a share fails, each with its error code', async () => {
    await start({ undeliveredShare: 0.3, failedShare: 0.3 });
    await send(simulator, people(40), { url: service.url });
    await simulator.idle();
    expect(new Set(states())).toEqual(new Set(['delivered', 'undelivered', 'failed']));
    for (const { fields } of service.received) {
      const hasCode = fields['Status'] === 'undelivered' || fields['Status'] === 'failed';
      expect('ErrorCode' in fields).toBe(hasCode);
    }
  });

  test('texts to people who said STOP are taken and then fail with 200', async () => {
    await start({ optedOut: ['+447700900001'] });
    await send(simulator, people(2), { url: service.url });
    await simulator.idle();
    const blocked = service.received.filter(({ fields }) => fields['To'] === '447700900001');
    expect(blocked.map(({ fields }) => [fields['Status'], fields['ErrorCode']])).toEqual([['failed', '200']]);
    expect(simulator.texts().get('447700900001')).toBe(1);
  });

  test('the simulator is idle only when the last text has arrived', async () => {
    await start({ deliveryDelayMs: 10 });
    await Promise.all([simulator.idle(), send(simulator, people(40))]);
    await simulator.idle();
    expect(new Set(states())).toEqual(new Set(['delivered']));
  });

  test('a stop in the middle of everything ends at once', async () => {
    await start({ messagesPerSecond: 1, callbackRetryDelaysMs: [60_000], latencyMs: 0 });
    service.answer = () => 500;
    await send(simulator, people(40), { url: service.url });
    const idle = simulator.idle();
    await simulator.stop();
    await idle;
    await expect(send(simulator, people(1))).rejects.toThrow();
    await start({});
  });

  test('a port that is taken is an error, and nothing is left running', async () => {
    await start({});
    await expect(startQuick({}, { port: Number(new URL(simulator.url).port) })).rejects.toThrow('EADDRINUSE');
    await expect(startQuick({}, { controlPort: Number(new URL(simulator.url).port) })).rejects.toThrow('EADDRINUSE');
  });
});
