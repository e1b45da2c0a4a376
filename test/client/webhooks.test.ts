import { verifyWebhook, WebhookVerificationError } from '../../src/client/index';
import { numbers, postBroadcast } from '../support/client';
import { startTestService, type TestService } from '../support/testService';
import {
  OTHER_SECRET,
  SECRET,
  startWebhookReceiver,
  type Received,
  type WebhookReceiver,
} from '../support/webhookReceiver';

const THIRD_SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

describe('a program that is told by webhooks', () => {
  let test: TestService;
  let receiver: WebhookReceiver;
  let received: Received;
  beforeAll(async () => {
    receiver = await startWebhookReceiver();
    const secrets = `${SECRET},${OTHER_SECRET}`;
    test = await startTestService({
      env: { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: secrets, WEBHOOK_ALLOW_PRIVATE: 'true' },
    });
    await postBroadcast(test, { message: 'Doors open at 9, café.', recipients: numbers(2) });
    received = await receiver.when('broadcast.completed');
  });
  afterAll(async () => {
    await test.stop();
    await receiver.stop();
  });

  const headersOf = (headers: Received['headers']) => new Headers(headers as Record<string, string>);

  it('knows by either secret, while it is being changed, that the service has said it', async () => {
    const { headers, body, id, data } = received;
    for (const secret of [SECRET, OTHER_SECRET, [THIRD_SECRET, SECRET]])
      expect(await verifyWebhook({ secret, headers, body })).toEqual({
        id,
        type: 'broadcast.completed',
        timestamp: expect.any(String),
        data,
      });
    const bytes = new TextEncoder().encode(body);
    expect(await verifyWebhook({ secret: SECRET, headers: headersOf(headers), body: bytes })).toMatchObject({ id });
  });

  it('refuses what somebody else has signed, or altered, or did not sign at all', async () => {
    const { headers, body } = received;
    const refused = [
      { secret: THIRD_SECRET, headers, body },
      { secret: SECRET, headers, body: body.replace('completed', 'cancelled') },
      { secret: SECRET, headers: { ...headers, 'webhook-id': 'another' }, body },
      { secret: SECRET, headers: { ...headers, 'webhook-signature': 'v1,AAAA v1a,x nonsense' }, body },
      { secret: SECRET, headers: { ...headers, 'webhook-signature': undefined }, body },
      { secret: '', headers, body },
    ];
    for (const webhook of refused)
      await expect(verifyWebhook(webhook)).rejects.toBeInstanceOf(WebhookVerificationError);
  });

  it('refuses what was kept and is said again more than five minutes later, and what is from the future', async () => {
    const saidAt = Number(received.headers['webhook-timestamp']) * 1000;
    const at = (ms: number) => verifyWebhook({ ...received, secret: SECRET, now: () => saidAt + ms });
    expect(await at(299_000)).toMatchObject({ id: received.id });
    for (const ms of [301_000, -301_000]) await expect(at(ms)).rejects.toThrow('webhook-timestamp');
  });
});
