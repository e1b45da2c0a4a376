import { signV3 } from '../../../src/simulator/formats/signatures';
import type { Simulator } from '../../../src/simulator/simulator';
import { AUTH_TOKEN, SENDER, Service, people, send, startQuick } from '../plivoCaller';

const PERSON = '447700900001';
let simulator: Simulator;
let service: Service;
beforeEach(async () => {
  simulator = await startQuick();
  service = await Service.start();
});
afterEach(async () => {
  await simulator.stop();
  await service.stop();
});

function write(text: string): Promise<{ status: number; body: string }> {
  return simulator.receiveText({ from: `+${PERSON}`, to: SENDER, text, url: `${service.url}/inbound` });
}
async function stateOfNextText(src = SENDER): Promise<string | undefined> {
  await send(simulator, [PERSON], { src });
  await simulator.idle();
  return simulator.textsOf(PERSON).at(-1)?.state;
}

describe('Texts from a handset', () => {
  test('the service gets the text, signed, and its answer comes back', async () => {
    expect(await write('See you at five')).toEqual({ status: 200, body: '<Response/>' });

    const [{ headers, fields }] = service.received as [(typeof service.received)[0]];
    expect(fields).toMatchObject({
      From: PERSON,
      To: SENDER,
      Text: 'See you at five',
      Type: 'sms',
      Units: '1',
      MessageIntent: '',
      MessageUUID: expect.any(String),
    });
    const nonce = String(headers['x-plivo-signature-v3-nonce']);
    const url = `${service.url}/inbound`;
    expect(headers['x-plivo-signature-v3']).toBe(signV3({ method: 'POST', url, fields, nonce, authToken: AUTH_TOKEN }));
  });

  test.each(['STOP', ' stop ', 'Stop  All', 'END', 'quit', 'CANCEL', 'UNSUB'])(
    'after "%s" further texts from that number fail',
    async (word) => {
      await write(word);
      expect(service.received[0]?.fields['MessageIntent']).toBe('optout');
      expect(await stateOfNextText()).toBe('failed');
    },
  );

  test('STOP inside a sentence is no STOP', async () => {
    await write('Please stop by');
    expect(await stateOfNextText()).toBe('delivered');
  });

  test('STOP holds for the number it was sent to, and START ends it', async () => {
    await write('STOP');
    expect(await stateOfNextText('14155550199')).toBe('delivered');
    await write('START');
    expect(service.received[1]?.fields['MessageIntent']).toBe('optin');
    expect(await stateOfNextText()).toBe('delivered');
  });

  test('HELP is marked and changes nothing', async () => {
    await write('help');
    expect(service.received[0]?.fields['MessageIntent']).toBe('help');
    expect(await stateOfNextText()).toBe('delivered');
  });

  test('the intent can be given, as Plivo may read a text differently', async () => {
    const url = service.url;
    await simulator.receiveText({ from: PERSON, to: SENDER, text: 'no more', url, intent: 'optout' });
    expect(await stateOfNextText()).toBe('failed');
  });

  test('a text the service refuses comes again', async () => {
    let attempts = 0;
    service.answer = () => (attempts++ === 0 ? 500 : 200);
    expect((await write('Hello')).status).toBe(500);
    await simulator.idle();
    expect(service.received).toHaveLength(2);
    expect(service.received[1]?.fields['MessageUUID']).toBe(service.received[0]?.fields['MessageUUID']);
  });

  test('a service that is not there gives status 0 and the reason', async () => {
    const { url } = service;
    await service.stop();
    expect(await simulator.receiveText({ from: PERSON, to: SENDER, text: 'Hi', url })).toEqual({
      status: 0,
      body: expect.stringContaining('ECONNREFUSED'),
    });
    service = await Service.start();
  });

  test('a reset lets those who said STOP be texted again', async () => {
    await write('STOP');
    simulator.reset();
    expect(await stateOfNextText()).toBe('delivered');
    expect(simulator.texts().size).toBe(1);
    expect(people(2)).toContain(PERSON);
  });
});
