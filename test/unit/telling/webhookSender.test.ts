import type { lookup, LookupAddress } from 'node:dns';
import { createServer, type AddressInfo } from 'node:net';
import { isPublicAddress } from '../../../src/services/telling/publicAddress';
import { createWebhookSender } from '../../../src/services/telling/webhookSender';
import { webhookSignature } from '../../../src/services/telling/webhookSignature';
import { SECRET, startWebhookReceiver } from '../../support/webhookReceiver';

const notStopped = new AbortController().signal;
const hook = (url: string) => ({ url, payload: '{"type":"x","data":{}}', headers: {} });
/** A look-up that finds these, whatever it is asked for. */
const finding = (...addresses: string[]) =>
  ((_name: string, _options: object, done: (error: null, found: LookupAddress[]) => void) => {
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  }) as unknown as typeof lookup;

describe('an address at which others are told', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'ff02::1',
    'not an address',
  ])('is none inside the network: %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['1.1.1.1', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450::1'])(
    'is one of the internet: %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://[::ffff:10.0.0.1]/',
  ])('is none in whatever way it is written: %s', async (url) => {
    const send = createWebhookSender({ allowPrivate: false, timeoutMs: 1000 });
    expect(await send(hook(url), notStopped)).toEqual({
      status: null,
      error: expect.stringMatching(/inside the network/),
    });
  });

  it('is none where a name leads there, now or in one of its answers', async () => {
    for (const found of [['127.0.0.1'], ['8.8.8.8', '10.0.0.1'], ['fd00::1']]) {
      const send = createWebhookSender({ allowPrivate: false, timeoutMs: 1000, lookUp: finding(...found) });
      const { error } = await send(hook('https://rebound.example.com/'), notStopped);
      expect(error).toMatch(/inside the network/);
    }
  });

  it('is one for https only', async () => {
    const send = createWebhookSender({ allowPrivate: false, timeoutMs: 1000, lookUp: finding('8.8.8.8') });
    expect((await send(hook('http://example.com/'), notStopped)).error).toMatch(/https/);
  });
});

describe('a webhook', () => {
  it('that is not answered in time has failed', async () => {
    const receiver = await startWebhookReceiver({ isService: false });
    receiver.isSilent = true;
    const send = createWebhookSender({ allowPrivate: true, timeoutMs: 50 });
    expect(await send(hook(receiver.url), notStopped)).toEqual({
      status: null,
      error: 'No answer came within 0.05 s.',
    });
    await receiver.stop();
    expect(await send(hook(receiver.url), notStopped)).toEqual({ status: null, error: 'The connection was refused.' });
  });

  it.each([
    ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n', 101, 'The answer was 101.'],
    ['HTTP/1.1 100 Continue\r\n\r\n', null, 'The connection was cut.'],
    ['', null, 'The connection was cut.'],
  ])('that is answered with %j and no more has ended', async (answer, status, error) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).once('data', () => socket.end(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const send = createWebhookSender({ allowPrivate: true, timeoutMs: 60_000 });
    const { port } = server.address() as AddressInfo;
    expect(await send(hook(`http://127.0.0.1:${port}/`), notStopped)).toEqual({ status, error });
    await new Promise((resolve) => server.close(resolve));
  });

  // The example of the specification.
  it('is signed as Standard Webhooks has it', () => {
    const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, payload: '{"test": 2432232314}' };
    expect(webhookSignature(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], message)).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
    expect(webhookSignature([SECRET, SECRET], message).split(' ')).toHaveLength(2);
    expect(webhookSignature([], message)).toBe('');
  });
});
